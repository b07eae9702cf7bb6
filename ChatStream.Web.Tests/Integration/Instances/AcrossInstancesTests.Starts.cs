using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

// Starts about an answer that runs, or has run, at the other instance.
internal sealed partial class AcrossInstancesTests
{
    [Test]
    public async Task An_edit_there_of_what_is_or_was_answered_here_is_a_sibling([Values] bool isRunning, [Values] bool isAgain)
    {
        var gate = new Gate();
        Answers(Script.Start().Text("one").Wait(gate).Finish("stop").Done());
        await using var here = await BeginAsync();
        await here.UntilTextAsync("one");
        if (!isRunning)
        {
            gate.Open();
            await here.ToEndAsync();
        }

        Answers(Script.Answer("two"));
        await using var there = await _there.StreamAsync(isAgain
            ? ChatClient.Post(new { parentId = here.Frames[0].Json.GetProperty("parentId").GetString() })
            : ChatClient.Post(new { message = "Hello", parentId = here.ConversationId }));
        await there.ToEndAsync();
        gate.Open();
        await here.ToEndAsync();

        var edited = isAgain ? "Hi" : "Hello";
        Assert.That(_group.Emulator.Requests[^1].LastUserMessage, Is.EqualTo(edited));
        Assert.That(there.ConversationId, Is.EqualTo(here.ConversationId));
        foreach (var user in new[] { _here, _there })
            Assert.That(await AnswersAsync(user, here.ConversationId), Is.EquivalentTo(new[] { "Hi: one", $"{edited}: two" }));
        foreach (var (user, stream) in new[] { (_there, here), (_here, there) })
        {
            await using var again = await (await user.AttachAsync(stream.GenerationId)).ToEndAsync();
            Assert.That(again.Frames, Is.EqualTo(stream.Frames));
        }
    }

    [TestCase("respond-async")]
    [TestCase("wait=1")]
    public async Task A_repeat_there_that_does_not_wait_for_the_end_is_told_where_it_runs(string preference)
    {
        Answers(Script.Start().Text("so far").Stall());
        var key = $"prefer {preference}".Replace(' ', '-');
        await using var here = await _here.StreamAsync(ChatClient.Post(new { message = "Hi" }, idempotencyKey: key));
        await here.UntilTextAsync("so far");

        var repeat = ChatClient.Post(new { message = "Hi" }, "application/json", key);
        repeat.Headers.Add("Prefer", preference);
        var (response, answer) = await _there.JsonAsync(repeat);

        Assert.That(
            ((int)response.StatusCode, response.Headers.Location?.ToString(), answer.GetProperty("state").GetString(),
                answer.GetProperty("text").GetString()),
            Is.EqualTo((202, $"/chat/stream/{here.GenerationId}", "running", "so far")));
        Assert.That(response.Headers.GetValues("Preference-Applied"), Is.EqualTo(new[] { preference }));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task The_same_form_sent_to_both_is_one_start(CancellationToken timeout)
    {
        var gate = new Gate();
        Answers(Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        var before = _group.Emulator.Requests.Count;
        var formKey = FormKey().Match(await _here.Http.GetStringAsync("/", timeout)).Groups[1].Value;
        Task<HttpResponseMessage> SendAsync(ChatClient user) => user.Http.PostAsync(
            "/chat", new FormUrlEncodedContent([new("message", "Hi"), new("formKey", formKey)]), timeout);

        var here = SendAsync(_here);
        await _group.Emulator.RequestAsync(before, timeout);
        var there = SendAsync(_there);
        gate.Open();

        var both = await Task.WhenAll(here, there);
        Assert.That(both.Select(response => (int)response.StatusCode), Is.All.EqualTo(303));
        Assert.That(both[1].Headers.Location, Is.EqualTo(both[0].Headers.Location));
        Assert.That(_group.Emulator.Requests, Has.Count.EqualTo(before + 1));
    }

    [GeneratedRegex("name=\"formKey\" value=\"([^\"]*)\"")]
    private static partial Regex FormKey();

    private static async Task<string[]> AnswersAsync(ChatClient user, string conversationId)
    {
        var (_, tree) = await user.JsonAsync(new HttpRequestMessage(HttpMethod.Get, $"/conversations/{conversationId}"));
        var messages = tree.GetProperty("messages").EnumerateArray().ToList();
        var texts = messages.ToDictionary(
            message => message.GetProperty("id").GetString()!, message => message.GetProperty("text").GetString());
        return [.. messages.Where(message => message.GetProperty("role").GetString() == "assistant").Select(answer =>
            $"{texts[answer.GetProperty("parentId").GetString()!]}: {answer.GetProperty("text").GetString()}")];
    }
}
