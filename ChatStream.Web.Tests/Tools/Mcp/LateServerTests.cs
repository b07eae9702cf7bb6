using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Tools.Mcp;

[CancelAfter(60_000)]
internal sealed class LateServerTests
{
    [Test]
    public async Task A_server_that_hangs_is_waited_for_once_and_its_tools_come_when_it_answers(CancellationToken token)
    {
        var time = new FakeTimeProvider();
        await using var site = await McpSite.StartAsync(time);
        var held = new TaskCompletionSource();
        site.Holds = held.Task;

        // The first answer waits for its first start.
        var first = site.Client.ToolsAsync(token);
        Assert.That(first.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromSeconds(3.1));
        Assert.That(await first, Is.Empty);

        // Through three tries no other one does.
        for (var i = 0; i < 60; i++)
        {
            var next = site.Client.ToolsAsync(token);
            Assert.That(next.IsCompleted, Is.True, $"after {i * 2} seconds");
            Assert.That(await next, Is.Empty);
            time.Advance(TimeSpan.FromSeconds(2));
        }
        Assert.That(site.Log.Lines.Count(line => line.Text.Contains("is still being connected")), Is.EqualTo(1));

        // It answers: nobody has to ask for its tools before they are there.
        held.SetResult();
        var connected = site.Log.LineAsync(line => line.Text.Contains("is connected"), token);
        while (!connected.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, token);
        }
        Assert.That((await site.Client.ToolsAsync(token)).Select(tool => tool.Name), Is.EqualTo(new[] { "site_add" }));
    }

    [Test]
    public async Task A_call_does_not_wait_for_it_either(CancellationToken token)
    {
        var time = new FakeTimeProvider();
        await using var site = await McpSite.StartAsync(time);
        var tool = (await site.Client.ToolsAsync(token)).Single();
        site.OnCall = (http, _) => Task.FromResult(http.Response.StatusCode = 400); // its session may be gone
        await tool.CallAsync([], token);
        site.Holds = new TaskCompletionSource().Task;
        var late = site.Client.ToolsAsync(token);
        time.Advance(TimeSpan.FromSeconds(3.1));
        Assert.That(await late, Is.Empty);

        Assert.That((await tool.CallAsync([], token)).Text,
            Is.EqualTo("The tool's server cannot be reached. The call was not made."));
    }
}
