using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools.Conformance;

/// <summary>
/// The suite of the Model Context Protocol for clients, <c>@modelcontextprotocol/conformance</c>, against this client as an
/// answer uses it: the app is configured with the suite's server, a user gives permission where that is asked for, and a model
/// calls each tool. Nothing leaves the machine.
/// </summary>
internal sealed partial class ConformanceTests
{
    /// <summary>The suite's scenarios for clients: each with the checks that fail, and why.</summary>
    private static readonly Dictionary<string, Expected> Scenarios =
        JsonSerializer.Deserialize<Dictionary<string, Expected>>(
            File.ReadAllText(Path.Combine(Repository.Tests, "Integration", "Tools", "Conformance", "expected-failures.json")),
            JsonSerializerOptions.Web)!;

    private static IEnumerable<TestCaseData> Cases() =>
        Scenarios.Select(scenario => new TestCaseData(scenario.Key).SetArgDisplayNames(scenario.Key));

    [TestCaseSource(nameof(Cases))]
    [CancelAfter(120_000)]
    public async Task The_client_conforms_or_fails_where_it_is_said(string scenario, CancellationToken timeout)
    {
        var expected = Scenarios[scenario];
        var port = FreePort.Find();
        using var runner = new HttpListener();
        runner.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        runner.Start();
        var node = RealParts.NewNode;
        var relay = Path.Combine(Repository.Tests, "Integration", "Tools", "Conformance", "relay.mjs");
        await using var suite = RealProcess.Start(new ProcessStartInfo(node)
        {
            ArgumentList =
            {
                RealParts.Package("@modelcontextprotocol/conformance", "dist", "index.js"), "client",
                "--command", $"{node} {relay} http://127.0.0.1:{port}/", "--scenario", scenario, "--timeout", "90000",
            },
            WorkingDirectory = Repository.Tests,
        });

        var asked = runner.GetContextAsync();
        Assert.That(await Task.WhenAny(asked, suite.Exited).WaitAsync(timeout), Is.SameAs(asked), suite.Output);
        var context = await asked;
        using var task = await JsonDocument.ParseAsync(context.Request.InputStream, default, timeout);
        var said = "";
        try
        {
            said = await RunAsync(scenario, task.RootElement, timeout);
        }
        catch (Exception fault)
        {
            said = $"The run failed: {fault}";
        }
        await using (var writer = new StreamWriter(context.Response.OutputStream))
            await writer.WriteAsync(said);
        var code = await suite.Exited.WaitAsync(timeout);

        var failed = FailedCheck().Matches(suite.Output).Select(check => check.Groups[1].Value).Distinct().Order().ToList();
        Assert.That(failed, Is.EqualTo(expected.Checks.Order()), $"{expected.Why}\n{said}\n{suite.Output}");
        Assert.That(expected.Why is null, Is.EqualTo(expected.Checks.Count == 0), "a failure has a reason, and nothing else has");
        Assert.That(code, Is.EqualTo(failed.Count == 0 ? 0 : 1), suite.Output);
    }

    [Test]
    public void The_list_has_each_scenario_of_the_suite()
    {
        var (output, exitCode) = RealProcess.Run(
            RealParts.NewNode, RealParts.Package("@modelcontextprotocol/conformance", "dist", "index.js"), "list", "--client");

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(Scenarios.Keys, Is.EquivalentTo(ListedScenario().Matches(output).Select(listed => listed.Groups[1].Value)));
    }

    private static async Task<string> RunAsync(string scenario, JsonElement task, CancellationToken timeout)
    {
        var server = task.GetProperty("server").GetString()!;
        var context = task.GetProperty("context");
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: timeout);
        emulator.On(request => request.HasToolResults || ToolIn(request) is not { } tool
            ? Script.Start().Text($"It says {string.Join(", ", request.ToolResults)}").Finish("stop").Usage(20, 7).Done()
            : Script.Start().ToolCall(0, tool.EndsWith("add_numbers", StringComparison.Ordinal) ? """{"a":2,"b":3}""" : "{}",
                "call_0", tool).Finish("tool_calls").Usage(10, 5).Done());
        var isAuthorized = scenario.StartsWith("auth/", StringComparison.Ordinal);
        // The suite's authorization server has an origin of its own, and settings name it. Its port is not known before.
        var origins = isAuthorized ? await OriginsAsync(server, timeout) : [];
        await using var app = await ChatApp.StartAsync(emulator, setup =>
        {
            setup.Settings["AzureOpenAI:Tools"] = "true";
            setup.Settings["Conversations:ModelTitles"] = "false";
            setup.Settings["Tools:McpServers:suite:Url"] = server;
            setup.Settings["Tools:McpServers:suite:Consent"] = "Never";
            // The suite's server waits for an answer to its question, and gets none.
            if (scenario.StartsWith("elicitation", StringComparison.Ordinal))
                setup.Settings["Tools:CallFor"] = "00:00:05";
            if (!isAuthorized)
                return;
            setup.Settings["PublicOrigin"] = "http://localhost:3000";
            setup.Settings["Tools:McpServers:suite:OAuth:ClientId"] = TextOf(context, "client_id") ?? "chatstream";
            if (TextOf(context, "client_secret") is { } secret)
                setup.Settings["Tools:McpServers:suite:OAuth:ClientSecret"] = secret;
            else if (scenario is "auth/token-endpoint-auth-basic" or "auth/token-endpoint-auth-post")
                setup.Settings["Tools:McpServers:suite:OAuth:ClientSecret"] = "test-client-secret";
            foreach (var (i, origin) in origins.Index())
                setup.Settings[$"Tools:McpServers:suite:OAuth:Origins:{i}"] = origin;
        });
        using var user = app.NewUser();
        var said = "";
        if (isAuthorized)
            said = await GivePermissionAsync(user, timeout);
        // On a busy host an answer goes on without a server that is not connected yet.
        for (var i = 0; i < 5; i++)
        {
            await using var stream = await (await user.StartAsync("Call it", timeout)).ToEndAsync();
            said += $"\n{stream.Text}";
            if (scenario == "initialize" || stream.Frames.Any(frame => frame.Event == "tool"))
                break;
        }
        return said;
    }

    /// <summary>Where the metadata of the server say that its authorization server is.</summary>
    private static async Task<List<string>> OriginsAsync(string server, CancellationToken timeout)
    {
        var address = new Uri(server);
        using var http = new HttpClient();
        using var ping = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"ping"}""", Encoding.UTF8, "application/json");
        using var challenge = await http.PostAsync(address, ping, timeout);
        var named = ResourceMetadata().Match(challenge.Headers.WwwAuthenticate.ToString());
        foreach (var path in (string[])
        [
            .. named.Success ? [named.Groups[1].Value] : Array.Empty<string>(),
            $"/.well-known/oauth-protected-resource{address.AbsolutePath}", "/.well-known/oauth-protected-resource",
        ])
        {
            using var response = await http.GetAsync(new Uri(address, path), timeout);
            if (!response.IsSuccessStatusCode)
                continue;
            using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(timeout));
            return json.RootElement.TryGetProperty("authorization_servers", out var servers)
                ? [.. servers.EnumerateArray().Select(one => new Uri(one.GetString()!).GetLeftPart(UriPartial.Authority))] : [];
        }
        return [];
    }

    // The suite's authorization server agrees at once.
    private static async Task<string> GivePermissionAsync(ChatClient user, CancellationToken timeout)
    {
        using var begun = await user.Http.GetAsync(new Uri("/tools/suite/authorize", UriKind.Relative), timeout);
        if (begun.StatusCode != HttpStatusCode.Redirect)
            return await begun.Content.ReadAsStringAsync(timeout);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var agreed = await http.GetAsync(begun.Headers.Location, timeout);
        if (agreed.Headers.Location is not { } back)
            return await agreed.Content.ReadAsStringAsync(timeout);
        using var taken = await user.Http.GetAsync(new Uri(back.PathAndQuery, UriKind.Relative), timeout);
        var said = await taken.Content.ReadAsStringAsync(timeout);
        return $"{begun.Headers.Location}\n{HttpUtility.UrlDecode(back.Query)}\n{taken.StatusCode} {said}";
    }

    private static string? ToolIn(EmulatedRequest request) => !request.Json.TryGetProperty("tools", out var tools) ? null
        : tools.EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString()!)
            .FirstOrDefault(name => name.StartsWith("suite_", StringComparison.Ordinal));

    // A line of the suite's list at its end: "  - Expected Check Missing: token-request: …" or "  - Name: what is wrong".
    [GeneratedRegex(@"^  - (?:Expected Check Missing: )?([^:\r\n]+)", RegexOptions.Multiline)]
    private static partial Regex FailedCheck();

    [GeneratedRegex(@"^  - (\S+)", RegexOptions.Multiline)]
    private static partial Regex ListedScenario();

    [GeneratedRegex("resource_metadata=\"([^\"]+)\"")]
    private static partial Regex ResourceMetadata();

    private static string? TextOf(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <param name="Checks">
    /// The checks that fail. One that passes and is listed, and one that fails and is not, fail the test.
    /// </param>
    /// <param name="Why">The reason; null: none fails.</param>
    private sealed record Expected(IReadOnlyList<string> Checks, string? Why = null);
}
