using System.Text.Json.Nodes;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tools;
using ChatStream.Web.Tools.Mcp;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChatStream.Web.Tests.Tools.Mcp;

/// <summary>A server of the protocol that is an address, with sessions. A test says how it answers calls.</summary>
internal sealed class McpSite : IAsyncDisposable
{
    private readonly HashSet<string> _sessions = [];
    private SmallServer? _server;

    /// <summary>Answers a call; null: with the name of the tool.</summary>
    public Func<HttpContext, JsonNode, Task>? OnCall { get; set; }

    /// <summary>What each request waits for first; null: nothing.</summary>
    public Task? Holds { get; set; }

    /// <summary>The tools that it names, as JSON.</summary>
    public string Tools { get; set; } = """[{"name":"add","inputSchema":{"type":"object"}}]""";

    public LogCapture Log { get; } = new();

    /// <summary>How many sessions there were.</summary>
    public int Sessions { get; private set; }

    /// <summary>How many calls have come, those that were refused included.</summary>
    public int Calls { get; private set; }

    /// <summary>How many have been made.</summary>
    public int Made { get; private set; }

    public McpServer Client { get; private set; } = null!;

    public static async Task<McpSite> StartAsync(TimeProvider? time = null, string name = "site", params string[] others)
    {
        var site = new McpSite();
        site._server = await SmallServer.StartAsync(site.AnswerAsync);
        site.Client = new McpServer(
            name, new McpServerOptions { Url = $"{site._server.Address}/mcp" }, bearer: null, time ?? TimeProvider.System,
            new LoggerFactory([site.Log]))
        {
            Servers = [name, .. others],
        };
        return site;
    }

    /// <summary>As a restart does.</summary>
    public void ForgetSessions()
    {
        lock (_sessions)
            _sessions.Clear();
    }

    public async Task StopAsync() => await _server!.DisposeAsync();

    /// <summary>Calls the tool, which is not idempotent.</summary>
    public async Task<ToolOutcome> CallAsync(CancellationToken token) =>
        await (await Client.ToolsAsync(token)).Single().CallAsync([], token);

    /// <summary>Answers a request, within the HTTP response.</summary>
    public static Task ReplyAsync(HttpContext http, JsonNode request, string outcome)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync($$"""{"jsonrpc":"2.0","id":{{request["id"]!.ToJsonString()}},{{outcome}}}""");
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _server!.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }
        if (Holds is { } held)
            await held.WaitAsync(http.RequestAborted);
        var request = (await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted))!;
        var method = request["method"]!.GetValue<string>();
        if (method == "initialize")
        {
            var session = Guid.NewGuid().ToString();
            lock (_sessions)
                (Sessions, _) = (Sessions + 1, _sessions.Add(session));
            http.Response.Headers["Mcp-Session-Id"] = session;
            await ReplyAsync(http, request, $$$"""
                "result":{"protocolVersion":"{{{request["params"]!["protocolVersion"]}}}","capabilities":{"tools":{}},
                "serverInfo":{"name":"site","version":"1"}}
                """);
            return;
        }
        if (method == "server/discover")
        {
            await ReplyAsync(http, request, "\"error\":{\"code\":-32601,\"message\":\"No such method\"}");
            return;
        }
        bool isKnown;
        lock (_sessions)
        {
            Calls += method == "tools/call" ? 1 : 0;
            isKnown = _sessions.Contains(http.Request.Headers["Mcp-Session-Id"].ToString());
        }
        if (!isKnown)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            await ReplyAsync(http, request, "\"error\":{\"code\":-32001,\"message\":\"Session not found\"}");
        }
        else if (request["id"] is null)
            http.Response.StatusCode = StatusCodes.Status202Accepted;
        else if (method == "tools/list")
            await ReplyAsync(http, request, $"\"result\":{{\"tools\":{Tools}}}");
        else if (OnCall is not null)
            await OnCall(http, request);
        else
        {
            lock (_sessions)
                Made++;
            await ReplyAsync(http, request, "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"added\"}]}");
        }
    }
}
