using System.Text.Json.Nodes;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tools;
using ChatStream.Web.Tools.Mcp;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Tools.Mcp;

internal sealed class EndlessToolsTests
{
    private int _pages;

    [Test]
    [CancelAfter(60_000)]
    public async Task A_server_that_names_tools_on_pages_without_end_is_broken_off(CancellationToken token)
    {
        await using var endless = await SmallServer.StartAsync(AnswerAsync);
        await using var server = new McpServer(
            "endless", new McpServerOptions { Url = $"{endless.Address}/mcp" }, bearer: null, TimeProvider.System,
            NullLoggerFactory.Instance);

        Assert.That(await server.Connect().WaitAsync(token), Is.Null);

        Assert.That(_pages, Is.InRange(15, 18), "of a megabyte each");
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }
        var asked = (await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted))!;
        if (asked["id"] is not { } id)
        {
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }
        http.Response.ContentType = "application/json";
        var outcome = asked["method"]!.GetValue<string>() switch
        {
            "initialize" => $$$"""
                "result":{"protocolVersion":"{{{asked["params"]!["protocolVersion"]}}}","capabilities":{"tools":{}},
                "serverInfo":{"name":"endless","version":"1"}}
                """,
            "tools/list" => $"\"result\":{Page(Interlocked.Increment(ref _pages))}",
            _ => "\"error\":{\"code\":-32601,\"message\":\"No such method\"}",
        };
        await http.Response.WriteAsync($$"""{"jsonrpc":"2.0","id":{{id.ToJsonString()}},{{outcome}}}""");
    }

    private static string Page(int number) => $$$"""
        {"tools":[{"name":"t{{{number}}}","description":"{{{new string('x', 1024 * 1024)}}}","inputSchema":{"type":"object"}}],
        "nextCursor":"{{{number}}}"}
        """;
}
