using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations.Presets;
using ChatStream.Web.Providers;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Views;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Documents;

/// <summary>What <c>docs/azure.md</c> says to set works as it stands there, with the emulator in place of Azure.</summary>
[CancelAfter(60_000)]
internal sealed class AzureDocumentTests
{
    private static readonly string Document = Path.Combine(Repository.Root, "docs", "azure.md");

    /// <summary>How a setting shows in the request to its deployment.</summary>
    private static readonly Dictionary<string, Func<EmulatedRequest, string, bool>> InRequests = new()
    {
        ["Deployment"] = (request, value) => request.Deployment == value,
        ["ApiKey"] = (request, _) => request.Headers.GetValueOrDefault("api-key") == "K"
            || request.Headers.GetValueOrDefault("Authorization") == "Bearer K",
        ["Api"] = (request, value) => request.IsForResponses == (value == "responses"),
        ["ApiVersion"] = (request, value) => request.Query.GetValueOrDefault("api-version") == value,
        ["Background"] = (request, _) => request.IsBackground,
        ["Credential"] = (request, _) => request.Headers.GetValueOrDefault("Authorization") == "Bearer the-token",
        ["Kind"] = (request, _) => request.Path == "/v1/chat/completions",
        ["LeaveOut"] = (request, value) => !request.Parameters.Contains(value),
        ["PromptCacheKey"] = (request, _) => request.Parameters.Contains("prompt_cache_key"),
        ["ServiceTier"] = (request, value) => request.Json.GetProperty("service_tier").GetString() == value,
    };

    private readonly string _data = Directory.CreateTempSubdirectory("chatstream-").FullName;
    private EmulatorServer _emulator;

    private static IEnumerable<SettingsExample> Examples => SettingsExample.In(Document);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _emulator = await EmulatorServer.StartAsync();
        // An example says that its model begins with reasoning in tags.
        _emulator.Default = Script.Answer("<think>Hm.", "</think>", "Hello.");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _emulator.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [TestCaseSource(nameof(Examples))]
    public async Task An_example_is_all_that_a_chat_needs(SettingsExample example)
    {
        var signsIn = example.Names.Contains("Credential");
        await using var identity = await ManagedIdentity.StartAsync();
        var (app, user) = await StartAsync(example, signsIn ? identity : null);
        await using var _ = app;
        using var __ = user;

        var (_, models) = await user.JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/models"));
        Assert.That(models.GetProperty("demo").GetBoolean(), Is.False);
        foreach (var (i, model) in models.GetProperty("models").EnumerateArray().Index())
        {
            var name = model.GetProperty("name").GetString();
            var (_, answer) = await user.JsonAsync(ChatClient.Post(new { message = "Hello", model = name }, "application/json"));

            Assert.That(answer.GetProperty("finishReason").GetString(), Is.EqualTo("completed"), $"{name}: {answer}");
            Assert.That(answer.GetProperty("text").GetString(), Is.EqualTo("Hello."), name);
            var ofModel = example.Settings.Keys.Any(key => key.StartsWith("Models:", StringComparison.Ordinal))
                ? $"Models:{i}:Deployments:0:" : "AzureOpenAI:";
            foreach (var (key, value) in example.Settings)
            {
                if (key.StartsWith(ofModel, StringComparison.Ordinal)
                    && InRequests.GetValueOrDefault(key[ofModel.Length..].Split(':')[0]) is { } shows)
                    Assert.That(shows(_emulator.Requests[^1], value), Is.True, $"{key} = {value}");
            }
        }
        Assert.That(identity.Asked, signsIn ? Is.Not.Empty : Is.Empty);
        foreach (var (resource, client) in identity.Asked)
        {
            Assert.That(resource, Is.EqualTo(SettingOf(example, "Audience") ?? "https://ai.azure.com"));
            Assert.That(client, Is.EqualTo(SettingOf(example, "ClientId") ?? ""));
        }
    }

    private static string? SettingOf(SettingsExample example, string name) => example.Settings
        .Where(setting => setting.Key.EndsWith($":{name}", StringComparison.Ordinal)).Select(setting => setting.Value)
        .FirstOrDefault();

    [Test]
    public void No_example_sets_what_is_not_known()
    {
        Type[] known = [typeof(AzureOpenAIOptions), typeof(ModelOptions), typeof(DeploymentOptions), typeof(PresetOptions)];

        Assert.That(
            Examples.SelectMany(example => example.Names)
                .Except(known.SelectMany(options => options.GetProperties()).Select(property => property.Name))
                .Except(Language.All.Select(language => language.Culture)),
            Is.Empty);
    }

    [Test]
    public void Each_setting_of_a_deployment_has_an_example()
    {
        var settings = typeof(DeploymentOptions).GetProperties().Select(property => property.Name);

        Assert.That(settings.Except(Examples.SelectMany(example => example.Names)), Is.Empty);
    }

    [Test]
    public void Each_failure_has_a_cause_and_a_cure()
    {
        var rows = File.ReadAllLines(Document).Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)).ToList();

        foreach (var code in Enum.GetValues<FailureCode>())
        {
            var name = JsonSerializer.Serialize(code, WireJson.Wire.Options).Trim('"');
            var row = rows.SingleOrDefault(row => row[0] == $"`{name}`");
            Assert.That(row, Has.Length.EqualTo(3), $"{code}");
            Assert.That(row, Has.All.Not.Empty, $"{code}");
        }
    }

    // Only a process of its own can be told an identity.
    private async Task<(IAsyncDisposable App, ChatClient User)> StartAsync(SettingsExample example, ManagedIdentity? identity)
    {
        var settings = example.Settings.Select(setting => (setting.Key, Value: Emulated(setting.Key, setting.Value))).ToList();
        if (identity is not null)
        {
            var process = await AppProcess.StartAsync(
                AppProcess.Built, _data, [.. settings, ("Conversations:ModelTitles", "false"), .. identity.Variables]);
            return (process, process.NewUser());
        }
        var app = await ChatApp.StartAsync(setup =>
        {
            foreach (var (key, value) in settings)
                setup.Settings[key] = value;
        });
        return (app, app.NewUser());
    }

    // The emulator stands for all hosts, and takes any key.
    private string Emulated(string key, string value) =>
        key.EndsWith(":Endpoint", StringComparison.Ordinal) ? new Uri(_emulator.Endpoint, new Uri(value).PathAndQuery).ToString()
        : value == "…" ? "K" : value;
}
