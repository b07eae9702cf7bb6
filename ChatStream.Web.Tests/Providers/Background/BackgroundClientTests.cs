using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Background;
using ChatStream.Web.Providers.Responses;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using ChatStream.Web.Tests.Providers.Demo;
using ChatStream.Web.Tests.Providers.Responses;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Background;

/// <summary>How often, and when, a background answer is asked for again.</summary>
[CancelAfter(20_000)]
internal sealed class BackgroundClientTests
{
    private const string Address = "/openai/v1/responses/resp_1";
    private const string Created = """data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1"}}""" + "\n\n";
    private const string Failed =
        """data: {"type":"response.failed","sequence_number":99,"response":{"id":"resp_1","status":"failed"}}""" + "\n\n";

    private const string Completed =
        """data: {"type":"response.completed","sequence_number":99,"response":{"id":"resp_1","status":"completed"}}""" + "\n\n";

    private static readonly DeploymentOptions Deployment = new()
    {
        Endpoint = ResponsesStream.Deployment.Endpoint,
        Deployment = "gpt-5-mini",
        ApiKey = TestModel.Key,
        Api = ModelApi.Responses,
        Background = true,
    };

    private readonly ImmediateTime _time = new();

    [SetUp]
    public void Forget() => _time.Waits.Clear();

    [Test]
    public async Task A_service_that_is_down_is_asked_five_times_with_growing_pauses_and_then_told_to_end()
    {
        using var service = ScriptedService.InTurn((200, "text/event-stream", Created + Text(3, "so far")), (503, "", ""));
        using var client = Behind(service);

        var (updates, failure) = await client.FailureAsync();

        Assert.That(updates[^1], Does.StartWith("text 'so far'"));
        Assert.That((failure.Code, failure.Message), Is.EqualTo(
            (FailureCode.MalformedResponse, "The model's answer ended without a finish reason.")), "how it broke off first");
        Assert.That(service.Requests.Skip(1).Select(Target), Is.EqualTo(Enumerable
            .Repeat($"GET {Address}?stream=true&starting_after=3", 5).Append($"POST {Address}/cancel")));
        Assert.That(_time.Waits.Select(wait => wait.TotalSeconds), Is.EqualTo(new[] { 0.5, 1, 2, 4 }));
    }

    [Test]
    public async Task Something_new_makes_all_tries_available_again()
    {
        var answers = Enumerable.Range(0, 12).Select(n => (200, "text/event-stream", (n == 0 ? Created : "") + Text(n + 1, "x")))
            .Append((200, "text/event-stream", Completed)).ToArray();
        using var service = ScriptedService.InTurn(answers);
        using var client = Behind(service);

        var updates = await client.UpdatesAsync();

        Assert.That(updates[^1], Does.StartWith("finish stop"));
        Assert.That(service.Requests.Select(Target).Last(), Is.EqualTo($"GET {Address}?stream=true&starting_after=12"));
        Assert.That(_time.Waits, Is.Empty);
    }

    [Test]
    public async Task An_answer_that_failed_at_the_service_is_not_asked_for_again()
    {
        using var service = ScriptedService.Streaming(Created + Text(3, "so far") + Failed);
        using var client = Behind(service);

        var (_, failure) = await client.FailureAsync();

        Assert.That(failure.Code, Is.EqualTo(FailureCode.ModelUnavailable));
        Assert.That(service.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Reasoning_between_tags_is_told_apart_over_every_connection()
    {
        string[] pieces = ["\\n<thi", "nk>Ch", "eck. </th", "ink>\\n", "\\nDone", "."];
        var answers = pieces.Select((piece, n) => (200, "text/event-stream", (n == 0 ? Created : "") + Text(n + 1, piece)))
            .Append((200, "text/event-stream", Completed)).ToArray();
        // Events of which nothing could be told come again.
        answers[1].Item3 = Text(1, pieces[0]) + answers[1].Item3;
        answers[4].Item3 = Text(4, pieces[3]) + answers[4].Item3;
        using var service = ScriptedService.InTurn(answers);
        using var client = Behind(service);

        var updates = await client.UpdatesAsync();

        Assert.That(updates.Where(update => update.Contains('\'', StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            "reasoning 'Ch', id resp_1", "reasoning 'eck.', id resp_1", "text 'Done.', id resp_1",
        }));
        Assert.That(service.Requests.Skip(1).Select(request => request.Address.Query.Split('=')[^1]), Is.EqualTo(new[]
        {
            "0", "2", "3", "3", "5", "6",
        }));
    }

    [TestCase(404)]
    [TestCase(400)]
    [TestCase(401)]
    public async Task An_answer_of_another_process_that_is_refused_is_interrupted(int status)
    {
        using var service = ScriptedService.Answering(status, "application/json", """{"error":{"message":"no"}}""");
        using var client = Behind(service);

        var failure = await GoOnAsync(client);

        Assert.That((failure?.Code, failure?.Message), Is.EqualTo(
            ((FailureCode?)FailureCode.Interrupted, "The server went away while it answered.")));
        Assert.That(service.Requests.Select(Target), Is.EqualTo(new[] { $"GET {Address}?stream=true&starting_after=41" }));
    }

    [Test]
    public async Task A_whole_response_in_place_of_events_is_interrupted()
    {
        using var service = ScriptedService.Answering(
            200, "application/json", """{"id":"resp_1","object":"response","status":"completed","output":[]}""");
        using var client = Behind(service);

        Assert.That((await GoOnAsync(client))?.Code, Is.EqualTo(FailureCode.Interrupted));
    }

    [Test]
    public async Task A_dated_address_keeps_its_version()
    {
        using var service = ScriptedService.Streaming(Completed);
        using var client = Behind(service, "2025-04-01-preview");

        await GoOnAsync(client);

        Assert.That(service.Requests.Select(Target), Is.EqualTo(new[]
        {
            "GET /openai/responses/resp_1?api-version=2025-04-01-preview&stream=true&starting_after=41",
        }));
        Assert.That(service.Requests[0].Headers["api-key"], Is.EqualTo(TestModel.Key));
    }

    private BackgroundClient Behind(ScriptedService service, string version = DeploymentOptions.V1) => new(
        TestModel.Behind(service, new DeploymentOptions
        {
            Endpoint = Deployment.Endpoint,
            Deployment = Deployment.Deployment,
            ApiKey = Deployment.ApiKey,
            ApiVersion = version,
            Api = ModelApi.Responses,
            Background = true,
        }),
        new ModelTimeouts(), _time, NullLogger<BackgroundClient>.Instance);

    private static async Task<ModelException?> GoOnAsync(BackgroundClient client)
    {
        var position = new ResponsePosition(Deployment.Resolve().Key, "resp_1", 41) { HasText = true };
        try
        {
            await foreach (var _ in client.GetStreamingResponseAsync(
                [], PositionToken.With(options: null, position), TestContext.CurrentContext.CancellationToken))
            {
            }
            return null;
        }
        catch (ModelException failure)
        {
            return failure;
        }
    }

    private static string Target(SentRequest request) => $"{request.Method} {request.Address.PathAndQuery}";

    private static string Text(int number, string text) =>
        $"data: {{\"type\":\"response.output_text.delta\",\"sequence_number\":{number},\"delta\":\"{text}\"}}\n\n";
}
