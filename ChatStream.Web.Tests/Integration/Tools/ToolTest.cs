using System.Collections.Concurrent;
using System.Net.Http.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tools.Mcp;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools;

/// <summary>
/// The base of the tests with tools. Two models answer, <c>chat</c> by chat completions and <c>responses</c> by the Responses
/// API. They may call the tools of our own, and those of a server with faults.
/// </summary>
internal abstract class ToolTest : AppTest
{
    private readonly ConcurrentDictionary<string, Func<EmulatedRequest, Script>> _models = new();

    /// <summary>What the server with faults was asked, a line for each call.</summary>
    protected string CallsFile { get; } = Path.Combine(Path.GetTempPath(), $"chatstream-calls-{Guid.NewGuid():N}");

    protected IReadOnlyList<string> Calls => File.Exists(CallsFile) ? File.ReadAllLines(CallsFile) : [];

    public static (string Key, string Value)[] SettingsFor(Uri emulator, string callsFile) =>
    [
        ("AzureOpenAI:Endpoint", ""), ("AzureOpenAI:Deployment", ""), ("AzureOpenAI:ApiKey", ""),
        .. Model(0, "chat", "gpt-4o", "chat", emulator),
        .. Model(1, "responses", "gpt-5-mini", "responses", emulator),
        ("Tools:Calculator:Enabled", "true"),
        ("Tools:Clock:Enabled", "true"),
        ("Tools:McpServers:faulty:Command", RealParts.NodeWithPackages),
        ("Tools:McpServers:faulty:Arguments:0", Path.Combine(Repository.Tests, "Integration", "Tools", "faulty-server.mjs")),
        ("Tools:McpServers:faulty:Environment:CALLS", callsFile),
        ("Conversations:ModelTitles", "false"),
    ];

    /// <summary>Decides what the model answers to a message and to what follows it in the same answer.</summary>
    protected void Model(string message, Func<EmulatedRequest, Script> answer) => _models[message] = answer;

    /// <summary>A model that asks for calls and then says something about their results.</summary>
    protected void ModelCalls(string message, params (string Name, string Arguments)[] calls) =>
        Model(message, request => request.HasToolResults ? Said(request) : Asking("", calls));

    /// <summary>An answer that ends with calls. Each call's arguments come in two fragments.</summary>
    protected static Script Asking(string text, params (string Name, string Arguments)[] calls)
    {
        var script = text.Length > 0 ? Script.Start().Text(text) : Script.Start();
        foreach (var (i, call) in calls.Index())
        {
            var half = call.Arguments.Length / 2;
            script = script.ToolCall(i, call.Arguments[..half], $"call_{i}", call.Name).ToolCall(i, call.Arguments[half..]);
        }
        return script.Finish("tool_calls").Usage(10, 5).Done();
    }

    protected static Script Said(EmulatedRequest request) =>
        Script.Start().Text($"It says {string.Join(" and ", request.ToolResults)}.").Finish("stop").Usage(20, 7).Done();

    protected static HttpRequestMessage Ask(string message, string model = "chat", string? conversationId = null) =>
        ChatClient.Post(new { message, model, conversationId });

    protected static Task<HttpResponseMessage> DecideAsync(
        ChatClient user, string generationId, string callId, object decision) =>
        user.Http.PostAsJsonAsync($"/chat/stream/{generationId}/tools/{callId}", decision);

    /// <summary>The frames without what differs from run to run.</summary>
    protected static IEnumerable<string> Lines(IEnumerable<Frame> frames) => frames.Select(frame => frame.Event switch
    {
        "start" => "start",
        "tool" => $"tool {Without(frame.Data, frame.Json.GetProperty("callId").GetString()!)}",
        _ => $"{frame.Event} {frame.Data}",
    });

    protected static string CallIdOf(Frame frame) => frame.Json.GetProperty("callId").GetString()!;

    protected override void Configure(ChatApp.Setup setup)
    {
        foreach (var (key, value) in SettingsFor(Emulator.Endpoint, CallsFile))
            setup.Settings[key] = value;
        Emulator.On(request => _models.GetValueOrDefault(request.LastUserMessage)?.Invoke(request));
    }

    /// <summary>The servers that a fixture needs.</summary>
    protected virtual IReadOnlyList<string> Servers => ["faulty"];

    /// <summary>Waits until they are connected: on a busy host an answer would go on without their tools.</summary>
    [OneTimeSetUp]
    public Task ConnectAsync() => ConnectedAsync(App, Servers);

    public static async Task ConnectedAsync(ChatApp app, IReadOnlyList<string> servers)
    {
        var all = app.Services.GetRequiredService<McpServers>();
        while (await all.ToolsAsync(CancellationToken.None) is var tools
            && !servers.All(server => tools.Any(tool => tool.Name.StartsWith($"{server}_", StringComparison.Ordinal))))
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
    }

    [SetUp]
    public void ForgetCalls()
    {
        File.Delete(CallsFile);
        File.Delete($"{CallsFile}.died");
    }

    [OneTimeTearDown]
    public void DeleteCalls() => File.Delete(CallsFile);

    private static string Without(string data, string id) => data.Replace($"\"callId\":\"{id}\",", "", StringComparison.Ordinal);

    private static (string, string)[] Model(int number, string name, string deployment, string api, Uri emulator) =>
    [
        ($"Models:{number}:Name", name), ($"Models:{number}:Tools", "true"),
        ($"Models:{number}:Deployments:0:Endpoint", emulator.ToString()),
        ($"Models:{number}:Deployments:0:Deployment", deployment),
        ($"Models:{number}:Deployments:0:ApiKey", "emulator-key"),
        ($"Models:{number}:Deployments:0:Api", api),
    ];
}
