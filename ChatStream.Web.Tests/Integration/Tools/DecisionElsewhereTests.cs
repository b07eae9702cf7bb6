using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Integration.Instances;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools;

/// <summary>A decision reaches the instance that runs the answer, wherever it was sent.</summary>
internal sealed class DecisionElsewhereTests
{
    [Test]
    [CancelAfter(120_000)]
    public async Task A_decision_may_reach_the_wrong_instance_and_the_question_another_one(CancellationToken timeout)
    {
        var calls = Path.GetTempFileName();
        await using var group = await InstanceGroup.StartAsync(
            2, timeout, settings: ToolTest.SettingsFor(new Uri("http://127.0.0.1:1/"), calls)
                .Where(setting => setting.Key.StartsWith("Tools:", StringComparison.Ordinal))
                .Append(("AzureOpenAI:Tools", "true")).ToArray());
        group.Emulator.On(request => request.HasToolResults
            ? Script.Answer("It says ", request.ToolResults[^1])
            : Script.Start().ToolCall(0, """{"words":"x"}""", "call_0", "faulty_write").Finish("tool_calls").Done());
        foreach (var process in group.Processes)
            await process.LineAsync("The tool server faulty is connected");
        using var user = await group.NewUserAsync(0);
        using var elsewhere = group.At(1, user);
        await using var here = await user.StartAsync("Write", timeout);
        var callId = (await here.UntilEventAsync("tool")).Json.GetProperty("callId").GetString()!;

        using var response = await elsewhere.Http.PostAsync($"/chat/stream/{here.GenerationId}/tools/{callId}",
            new StringContent("""{"decision":"allow"}""", null, "application/json"), timeout);
        await here.ToEndAsync();

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(here.Text, Is.EqualTo("It says written: x"));

        // The instance goes away with an open question: the other one asks on.
        await using var second = await user.StartAsync("Write", timeout);
        callId = (await second.UntilEventAsync("tool")).Json.GetProperty("callId").GetString()!;
        group.Processes[0].Terminate();
        await second.ToEndAsync();
        Assert.That(second.Frames[^1].Event, Is.EqualTo("tool"));
        HttpResponseMessage decided;
        do
        {
            decided = await elsewhere.Http.PostAsync($"/chat/stream/{second.GenerationId}/tools/{callId}",
                new StringContent("""{"decision":"allow"}""", null, "application/json"), timeout);
        }
        while (decided.StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.That(decided.StatusCode, Is.EqualTo(HttpStatusCode.NoContent), await decided.Content.ReadAsStringAsync(timeout));
        await using var rest = await (await elsewhere.AttachAsync(
            second.GenerationId, second.Frames[^1].Id, timeout)).ToEndAsync();
        Assert.That(rest.Text, Is.EqualTo("It says written: x"));
        Assert.That(await File.ReadAllLinesAsync(calls, timeout), Has.Length.EqualTo(2));
        File.Delete(calls);
    }
}
