using ChatStream.Web.Tools;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Tools.Mcp;

/// <summary>What is told of a call that a server over HTTP did not answer is what is known of it.</summary>
[CancelAfter(60_000)]
internal sealed class RefusedCallTests
{
    private McpSite _site = null!;

    [SetUp]
    public async Task StartAsync() => _site = await McpSite.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _site.DisposeAsync();

    [Test]
    public async Task A_call_whose_session_is_gone_is_made_in_a_new_one_once(CancellationToken token)
    {
        await _site.CallAsync(token);
        _site.ForgetSessions();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _site.CallAsync(token)));

        Assert.That(outcomes, Is.All.EqualTo(new ToolOutcome("added")));
        Assert.That((_site.Made, _site.Sessions), Is.EqualTo((9, 2)));
    }

    [Test]
    public async Task A_server_that_knows_no_session_is_asked_twice_and_not_on_and_on(CancellationToken token)
    {
        _site.OnCall = (http, _) => Task.FromResult(http.Response.StatusCode = 404);

        Assert.That(await _site.CallAsync(token), Is.EqualTo(Refused("HTTP 404")));

        Assert.That((_site.Calls, _site.Sessions), Is.EqualTo((2, 2)));
    }

    [TestCase(400)]
    [TestCase(401)]
    [TestCase(403)]
    [TestCase(405)]
    [TestCase(429)]
    [TestCase(307)]
    public async Task A_refused_call_is_known_not_to_have_been_made(int status, CancellationToken token)
    {
        _site.OnCall = (http, _) => Task.FromResult(http.Response.StatusCode = status);
        Assert.That(await _site.CallAsync(token), Is.EqualTo(Refused($"HTTP {status}")));
        Assert.That(_site.Calls, Is.EqualTo(1));

        _site.OnCall = null;
        Assert.That(await _site.CallAsync(token), Is.EqualTo(new ToolOutcome("added")));
    }

    [Test]
    public async Task The_words_of_a_refusal_are_told(CancellationToken token)
    {
        _site.OnCall = (http, request) =>
        {
            http.Response.StatusCode = 400;
            return McpSite.ReplyAsync(http, request, "\"error\":{\"code\":-32602,\"message\":\"No such year\"}");
        };

        Assert.That(await _site.CallAsync(token), Is.EqualTo(Refused("HTTP 400: No such year")));
    }

    [Test]
    public async Task Arguments_may_have_as_many_levels_as_are_taken(CancellationToken token)
    {
        var tool = (await _site.Client.ToolsAsync(token)).Single();
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 60)) + "1" + new string('}', 60);
        Assert.That(ToolCaller.Fault(tool, deep, out var arguments), Is.Null);

        Assert.That(await tool.CallAsync(arguments, token), Is.EqualTo(new ToolOutcome("added")));
    }

    [TestCase(408)]
    [TestCase(499)]
    [TestCase(500)]
    [TestCase(503)]
    public async Task Of_a_call_that_failed_it_is_not_known(int status, CancellationToken token)
    {
        _site.OnCall = (http, _) => Task.FromResult(http.Response.StatusCode = status);

        Assert.That(await _site.CallAsync(token), Is.EqualTo(ToolOutcome.Unknown($"The tool's server failed (HTTP {status}).")));
    }

    [Test]
    public async Task One_refusal_ends_no_other_call(CancellationToken token)
    {
        var refused = new TaskCompletionSource();
        var (isFirst, begun) = (true, new TaskCompletionSource());
        _site.OnCall = async (http, request) =>
        {
            if (!isFirst)
            {
                http.Response.StatusCode = 404;
                return;
            }
            isFirst = false;
            begun.SetResult();
            await refused.Task.WaitAsync(token);
            await McpSite.ReplyAsync(http, request, "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"slow\"}]}");
        };
        var slow = _site.CallAsync(token);
        await begun.Task.WaitAsync(token);

        Assert.That(await _site.CallAsync(token), Is.EqualTo(Refused("HTTP 404")));
        refused.SetResult();

        Assert.That(await slow, Is.EqualTo(new ToolOutcome("slow")));
    }

    [TestCase("application/json", "no JSON")]
    [TestCase("application/json", """{"jsonrpc":"2.0"}""")]
    [TestCase("application/json", "")]
    [TestCase("text/html", "<p>Sign in</p>")]
    public async Task A_reply_that_cannot_be_read_is_told_as_that(string type, string body, CancellationToken token)
    {
        _site.OnCall = (http, _) =>
        {
            http.Response.ContentType = type;
            return http.Response.WriteAsync(body, token);
        };

        Assert.That(await _site.CallAsync(token),
            Is.EqualTo(ToolOutcome.Fault("The tool's server sent a result that cannot be read. It may have made the call.")));
        Assert.That(_site.Sessions, Is.EqualTo(1));
    }

    [Test]
    public async Task A_server_that_is_not_there_has_made_no_call(CancellationToken token)
    {
        var tool = (await _site.Client.ToolsAsync(token)).Single();
        await _site.StopAsync();

        Assert.That(await tool.CallAsync([], token),
            Is.EqualTo(ToolOutcome.Fault("The tool's server cannot be reached. The call was not made.")));
    }

    private static ToolOutcome Refused(string how) =>
        ToolOutcome.Fault($"The tool's server refused the call ({how}). The call was not made.");
}
