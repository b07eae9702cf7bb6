using System.Net;
using System.Text.Json;
using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools;

/// <summary>Models call tools, over a real socket and by both interfaces.</summary>
internal sealed class ToolCallTests : ToolTest
{
    [TestCase("chat")]
    [TestCase("responses")]
    public async Task An_answer_with_a_call_is_one_stream_with_one_finish_and_the_sum_of_what_it_used(string model)
    {
        Model("What is 6 times 7?", request => request.HasToolResults
            ? Said(request) : Asking("One moment.", ("calculator", """{"expression":"6*7"}""")));

        await using var stream = await (await User.StreamAsync(Ask("What is 6 times 7?", model), Token)).ToEndAsync();

        var reasoning = stream.Frames.Single(frame => frame.Event == "usage").Data;
        Assert.That(Lines(stream.Frames), Is.EqualTo(new[]
        {
            "start",
            """status {"phase":"analyzing"}""",
            """status {"phase":"thinking"}""",
            """status {"phase":"writing"}""",
            """message {"text":"One moment."}""",
            """status {"phase":"using-tool","detail":"calculator"}""",
            """tool {"name":"calculator","state":"running","arguments":"{\"expression\":\"6*7\"}"}""",
            """tool {"name":"calculator","state":"done","result":"42"}""",
            """status {"phase":"analyzing"}""",
            """status {"phase":"thinking"}""",
            """status {"phase":"writing"}""",
            """message {"text":"\n\nIt says 42."}""",
            $"usage {reasoning}",
            """finish {"reason":"completed"}""",
            "stop stopped",
        }));
        Assert.That(reasoning, Does.StartWith("""{"inputTokens":30,"outputTokens":12"""));
        Assert.That(Asked, Is.EqualTo(2));
        var stored = await User.FindAsync(stream.GenerationId);
        Assert.That(stored.GetProperty("text").GetString(), Is.EqualTo("One moment.\n\nIt says 42."));
        Assert.That(Listed(stored.GetProperty("tools")), Is.EqualTo(new[] { "calculator done 42 at 11 round 1" }));

        // The stored answer, and what a later turn tells the model of it.
        await RestartAsync();
        await using var again = await (await User.AttachAsync(stream.GenerationId, cancellationToken: Token)).ToEndAsync();
        var snapshot = again.Frames.Single(frame => frame.Event == "snapshot").Json;
        Assert.That(snapshot.GetProperty("text").GetString(), Is.EqualTo("One moment.\n\nIt says 42."));
        Assert.That(Listed(snapshot.GetProperty("tools")), Is.EqualTo(new[] { "calculator done 42 at 11 round 1" }));
        await using var next = await (await User.StreamAsync(Ask("Thanks", model, stream.ConversationId), Token)).ToEndAsync();
        Assert.That(next.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        var sent = (await AskedAsync(2)).Json.GetProperty(model == "chat" ? "messages" : "input").EnumerateArray()
            .Select(item => item.ToString()).ToList();
        Assert.That(sent, Has.Some.Contains("6*7").And.Contains("calculator"));
        Assert.That(sent, Has.Some.Contains("42").And.Not.Contains("It says"));
        Assert.That(sent, Has.Some.Contains("It says 42."));
    }

    private static IEnumerable<TestCaseData> Failures() =>
    [
        new TestCaseData("cut", Script.Start().Text("So").Cut(), "\"42\"", true),
        new TestCaseData("down", AzureErrors.ServerError(), "\"42\"", false),
        new TestCaseData("refused", AzureErrors.ContextLengthExceeded(), "Its result is left out", false),
        new TestCaseData("filtered", Script.Start().Text("So").Finish("content_filter").Done(), "\"42\"", false),
    ];

    /// <summary>Otherwise the model would do again what it has done, and nobody would be asked.</summary>
    [TestCaseSource(nameof(Failures))]
    public async Task The_next_turn_knows_of_the_calls_of_an_answer_that_failed(
        string how, Script end, string result, bool hasText)
    {
        Model(how, request => request.HasToolResults ? end : Asking("", ("calculator", """{"expression":"6*7"}""")));
        await using var stream = await (await User.StreamAsync(Ask(how), Token)).ToEndAsync();
        Assert.That(stream.Frames[^2].Data, Is.Not.EqualTo("""{"reason":"completed"}"""));
        await (await User.StreamAsync(Ask("And now", conversationId: stream.ConversationId), Token)).ToEndAsync();

        var sent = (await AskedAsync(2)).Json.GetProperty("messages").EnumerateArray().Select(item => item.GetRawText()).ToList();

        Assert.That(sent, Has.Exactly(1).Contains("6*7"));
        Assert.That(sent, Has.Exactly(1).Contains("\"role\":\"tool\"").And.Contains(result));
        Assert.That(sent.Exists(item => item.Contains("\"So\"", StringComparison.Ordinal)), Is.EqualTo(hasText));
        Assert.That(sent[^1], Does.Contain("\"And now\""));
    }

    [TestCase("chat")]
    [TestCase("responses")]
    public async Task What_a_model_gets_wrong_is_told_to_it_and_harms_nobody(string model)
    {
        Model("Wrong", request => request.HasToolResults ? Said(request) : Asking(
            "", ("calculator", """{"expression":"""), ("calculator", """{"expr":1}"""), ("no such tool!", "{}"),
            ("calculator", """{"expression":"1/0"}"""), ("calculator", """{"expression":"2^10"}"""), ("faulty_read", "[]")));

        await using var stream = await (await User.StreamAsync(Ask("Wrong", model), Token)).ToEndAsync();

        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        var stored = await User.FindAsync(stream.GenerationId);
        Assert.That(Listed(stored.GetProperty("tools")), Is.EqualTo(new[]
        {
            "calculator failed The arguments are not JSON. The call was not made. at 0 round 1",
            "calculator failed The arguments lack 'expression'. The call was not made. at 0 round 1",
            "no_such_tool_ failed There is no such tool. at 0 round 1",
            "calculator failed Something is divided by zero. at 0 round 1",
            "calculator done 1024 at 0 round 1",
            "faulty_read failed The arguments are not a JSON object. The call was not made. at 0 round 1",
        }));
        Assert.That(stream.Text, Does.Contain("1024").And.Contain("There is no such tool."));
        Assert.That(Calls, Is.Empty);
    }

    [Test]
    public async Task A_model_that_never_stops_calling_is_told_to_answer_and_then_fails()
    {
        Model("Again", _ => Asking("", ("calculator", """{"expression":"1+1"}""")));

        await using var stream = await (await User.StreamAsync(Ask("Again"), Token)).ToEndAsync();

        Assert.That(stream.Frames.Count(frame => frame.Event == "tool"), Is.EqualTo(2 * 8));
        Assert.That(Asked, Is.EqualTo(9));
        Assert.That((await AskedAsync(7)).Parameters, Does.Not.Contain("tool_choice"));
        Assert.That((await AskedAsync(8)).Json.GetProperty("tool_choice").GetString(), Is.EqualTo("none"));
        Assert.That(stream.Frames.Count(frame => frame.Event == "finish"), Is.EqualTo(1));
        Assert.That(stream.Frames[^3].Json.GetProperty("code").GetString(), Is.EqualTo("malformed_response"));
        Assert.That(stream.Frames[^4].Data, Does.StartWith("""{"inputTokens":90,"outputTokens":45"""));
    }

    [Test]
    public async Task Calls_are_exported_and_imported_and_go_with_their_conversation()
    {
        ModelCalls("Read", ("faulty_read", """{"words":"``` <b>"}"""));
        await using var stream = await (await User.StreamAsync(Ask("Read"), Token)).ToEndAsync();

        var json = await User.Http.GetStringAsync($"/conversations/{stream.ConversationId}/export?format=json");
        var markdown = await User.Http.GetStringAsync($"/conversations/{stream.ConversationId}/export");
        var import = await User.Http.PostAsync("/conversations/import", new StringContent(json, null, "application/json"));
        var copy = JsonDocument.Parse(await import.Content.ReadAsStringAsync()).RootElement;

        Assert.That(import.StatusCode, Is.EqualTo(HttpStatusCode.Created), copy.ToString());
        Assert.That(Listed(copy.GetProperty("messages")[1].GetProperty("tools")),
            Is.EqualTo(new[] { "faulty_read done read: ``` <b> at 0 round 1" }));
        Assert.That(markdown, Does.Contain("### Tool faulty_read: done").And.Contain("````\nread: ``` <b>\n````"));
        foreach (var (part, with, field) in new[]
        {
            ("\"state\":\"done\"", "\"state\":\"odd\"", "messages[1].tools[0].state"),
            ("\"name\":\"faulty_read\"", $"\"name\":\"{new string('x', 65)}\"", "messages[1].tools[0].name"),
            ("\"at\":0", "\"at\":99999", "messages[1].tools[0].at"), ("\"round\":1", "\"round\":0", "messages[1].tools[0].round"),
        })
        {
            var refused = await User.Http.PostAsync("/conversations/import",
                new StringContent(json.Replace(part, with, StringComparison.Ordinal), null, "application/json"));
            Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain($"\"{field}\""));
        }
        await User.Http.DeleteAsync($"/conversations/{stream.ConversationId}");
        using var gone = await User.Http.GetAsync($"/chat/stream/{stream.GenerationId}");
        Assert.That(gone.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private static IEnumerable<string> Listed(JsonElement tools) => tools.EnumerateArray().Select(call =>
        $"{call.GetProperty("name")} {call.GetProperty("state")} {call.GetProperty("result")} at {call.GetProperty("at")}"
        + $" round {call.GetProperty("round")}");
}
