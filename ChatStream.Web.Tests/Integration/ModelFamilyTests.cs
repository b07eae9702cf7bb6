using System.Collections.Concurrent;
using ChatStream.Emulator;
using ChatStream.Emulator.Checks;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Deployments;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>
/// Whatever family a deployment is of, by whichever interface and with whichever parameters it is asked: it answers, and what it
/// does not take is found out once.
/// </summary>
[CancelAfter(60_000)]
internal sealed class ModelFamilyTests
{
    private static readonly SocketsHttpHandler Handler = new();
    private static readonly AIFunction Tool = AIFunctionFactory.Create(() => "noon", "clock", "Tells the time.");
    private readonly ConcurrentDictionary<int, int> _corrected = []; // answers, by how many more requests they took
    private readonly ConcurrentDictionary<int, int> _corrections = []; // deployments, by the same
    private EmulatorServer _emulator;

    private static IEnumerable<TestCaseData> Deployments() =>
        from family in ModelFamily.All
        from api in Enum.GetValues<ModelApi>()
        where api == ModelApi.Chat || family.HasResponses
        from version in api == ModelApi.Chat ? (string[])["v1", "2024-10-21", "2024-06-01"] : ["v1", "2025-04-01-preview"]
        select new TestCaseData(family, api, version).SetArgDisplayNames(family.Name, $"{api}", version);

    private static IEnumerable<ChatOptions> Requests() =>
        from effort in (string?[])[null, "none", "minimal", "high", "xhigh"]
        from isLimited in (bool[])[false, true]
        from isWarm in (bool[])[false, true]
        select new ChatOptions
        {
            MaxOutputTokens = isLimited ? 100 : null,
            Temperature = isWarm ? 0.5f : null,
            TopP = isWarm ? 0.9f : null,
            AdditionalProperties = effort is null ? null : new() { [RequestParameters.Effort] = effort },
        };

    [OneTimeSetUp]
    public async Task StartAsync() => _emulator = await EmulatorServer.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _emulator.DisposeAsync();
        Soak.Report("model-families", new
        {
            families = ModelFamily.All.Count,
            deployments = Deployments().Count(),
            requests = Requests().Count(),
            answersByCorrectedRequests = _corrected.OrderBy(entry => entry.Key).ToDictionary(),
            deploymentsByCorrectedRequests = _corrections.OrderBy(entry => entry.Key).ToDictionary(),
        });
    }

    [TestCaseSource(nameof(Deployments))]
    public async Task A_deployment_answers_whatever_it_is_asked_for(ModelFamily family, ModelApi api, string version)
    {
        foreach (var options in Requests())
        {
            using var client = Client(family.Name, api, version);
            var first = await AskAsync(client, options);
            var second = await AskAsync(client, options);

            Assert.That(first, Is.LessThanOrEqualTo(1 + MostRefusals(family, options, version)), "what is refused is asked once");
            Assert.That(second, Is.EqualTo(1), "and remembered");
        }
    }

    [TestCaseSource(nameof(Deployments))]
    public async Task What_is_asked_without_options_is_refused_at_most_once(ModelFamily family, ModelApi api, string version)
    {
        using var client = Client(family.Name, api, version);
        var options = new ChatOptions { Instructions = "Be brief." };

        Assert.That(await AskAsync(client, options), Is.LessThanOrEqualTo(2));
        Assert.That(await AskAsync(client, options), Is.EqualTo(1));
    }

    // Users choose the effort, titles have a limit, and models may be given tools. The app asks for nothing else.
    [TestCaseSource(nameof(Deployments))]
    public async Task A_deployment_that_is_asked_for_all_that_the_app_asks_for_is_corrected_at_most_once(
        ModelFamily family, ModelApi api, string version)
    {
        using var client = Client(family.Name, api, version);
        var (answers, requests) = (0, 0);
        foreach (var options in Requests().Where(options => options.Temperature is null))
        {
            foreach (var tools in (AITool[]?[])[null, [Tool]])
            {
                options.Tools = tools;
                requests += await AskAsync(client, options);
                answers++;
            }
        }

        _corrections.AddOrUpdate(requests - answers, 1, (_, deployments) => deployments + 1);
        Assert.That(requests - answers, Is.LessThanOrEqualTo(1));
    }

    // The interface, the sampling, the effort and the limit are refused each by itself, if at all. A dated version may refuse the
    // name of the limit that the model has.
    private static int MostRefusals(ModelFamily family, ChatOptions options, string version) =>
        version == "v1" && family.HasChat && options.Temperature is null ? 1 :
        (family.HasChat ? 0 : 1)
        + (options.Temperature is null || family.TakesSampling ? 0 : 1)
        + (options.MaxOutputTokens is null ? 0 : version != "v1" ? 2 : family.TakesMaxCompletionTokens ? 0 : 1)
        + 1;

    private DeploymentClient Client(string deployment, ModelApi api, string version) => new(
        new DeploymentEndpoint(new DeploymentOptions
        {
            Endpoint = _emulator.Endpoint.ToString(),
            Deployment = deployment,
            ApiKey = "K",
            ApiVersion = version,
            Api = api,
        }, Handler),
        new(), TimeProvider.System, NullLogger<DeploymentClient>.Instance);

    /// <returns>How many requests it took.</returns>
    private async Task<int> AskAsync(DeploymentClient client, ChatOptions options)
    {
        var before = _emulator.Requests.Count;
        var updates = client.GetStreamingResponseAsync(
            [new(ChatRole.User, "Hello there")], options, TestContext.CurrentContext.CancellationToken);
        var answer = await updates.ToChatResponseAsync(TestContext.CurrentContext.CancellationToken);
        Assert.That((answer.Text, answer.FinishReason), Is.EqualTo(("Hello there", (ChatFinishReason?)ChatFinishReason.Stop)));
        var taken = _emulator.Requests.Count - before;
        _corrected.AddOrUpdate(taken - 1, 1, (_, answers) => answers + 1);
        return taken;
    }
}
