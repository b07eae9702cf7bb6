using System.Text;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

internal sealed class StreamingTests : AppTest
{
    [Test]
    public async Task Each_token_arrives_before_the_next_is_sent()
    {
        var gate = new Gate();
        Answers(
            "Hi",
            Script.Silent().Wait(gate).PromptFilter().Role().Text("Hel").Wait(gate).Text("lo").Wait(gate).Finish("stop")
            .Usage(5, 2).Done());

        await using var stream = await User.StartAsync("Hi");
        Assert.That((await stream.NextAsync())!.Event, Is.EqualTo("start"), "before the model has answered");
        Assert.That((await stream.NextAsync())!.Data, Is.EqualTo("""{"phase":"analyzing"}"""));
        gate.LetOne();
        await stream.UntilTextAsync("Hel");
        gate.LetOne();
        await stream.UntilTextAsync("lo");
        gate.LetOne();
        await stream.ToEndAsync();

        Assert.That(stream.Frames.Select(frame => frame.Event), Is.EqualTo(
            new[] { "start", "status", "status", "status", "message", "message", "usage", "finish", "stop" }));
        Assert.That(stream.Frames.Select(frame => frame.Number), Is.EqualTo(Enumerable.Range(0, 9).Select(n => $"{n}")));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
    }

    [Test]
    public async Task The_response_has_the_headers_of_the_contract()
    {
        await using var stream = await User.StartAsync("Hi");
        var headers = stream.Response.Headers.NonValidated;

        Assert.Multiple(() =>
        {
            Assert.That(stream.Response.Content.Headers.NonValidated["Content-Type"].ToString(), Is.EqualTo("text/event-stream"));
            Assert.That(headers["Cache-Control"].ToString(), Is.EqualTo("no-cache, no-store, no-transform"));
            Assert.That(headers["X-Accel-Buffering"].ToString(), Is.EqualTo("no"));
            Assert.That(headers["X-Content-Type-Options"].ToString(), Is.EqualTo("nosniff"));
            Assert.That(headers.Contains("Server"), Is.False);
            Assert.That(stream.Response.Content.Headers.ContentLength, Is.Null);
            Assert.That(
                headers["Set-Cookie"].ToString(),
                Does.StartWith("chatstream-").And.Contains("httponly").And.Contains("samesite=lax"));
        });
        await stream.ToEndAsync();
    }

    [Test]
    public async Task A_browser_keeps_the_identity_that_it_was_given()
    {
        await User.AskAsync("Hi");

        using var again = await User.Http.GetAsync(new Uri("/models", UriKind.Relative), Token);

        Assert.That(again.Headers.Contains("Set-Cookie"), Is.False);
    }

    [Test]
    public async Task A_whole_stream_has_exactly_this_text()
    {
        var gate = new Gate();
        Answers("Is 3 > 2?\n\"Yes\" or «no» — 是? 🙂", Script.Start().Reasoning("Hm…\n").Reasoning("Easy.", field: "reasoning")
            .Text("Ja\n\n").Wait(gate).Text("是\u2028").Wait(gate).Text("\"🙂\"\\\t").Finish("stop").Usage(12, 7, reasoning: 4)
                .Done());

        using var response = await User.Http.SendAsync(
            ChatClient.Post(new { message = "Is 3 > 2?\n\"Yes\" or «no» — 是? 🙂" }), HttpCompletionOption.ResponseHeadersRead,
            Token);
        using var body = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        var text = new StringBuilder();
        // Tokens are sent one by one, because tokens that arrive together become one frame.
        await ReadUntilAsync(body, text, """{"text":"Ja""");
        gate.LetOne();
        await ReadUntilAsync(body, text, """{"text":"是""");
        gate.LetOne();
        text.Append(await body.ReadToEndAsync(Token));

        Assert.That(WireText.WithoutIds(text.ToString()), Is.EqualTo($$"""
            event: start
            retry: 1000
            data: {"generationId":"G","conversationId":"C","messageId":"G","parentId":"P","model":"gpt-4o","title":"Is 3 > 2? \"Yes\" or «no» — 是? 🙂"}
            id: G.0

            event: status
            data: {"phase":"analyzing"}
            id: G.1

            event: status
            data: {"phase":"thinking"}
            id: G.2

            event: reasoning
            data: {"text":"Hm…\n"}
            id: G.3

            event: reasoning
            data: {"text":"Easy."}
            id: G.4

            event: status
            data: {"phase":"writing"}
            id: G.5

            data: {"text":"Ja\n\n"}
            id: G.6

            data: {"text":"是{{'\u2028'}}"}
            id: G.7

            data: {"text":"\"🙂\"\\\t"}
            id: G.8

            event: usage
            data: {"inputTokens":12,"outputTokens":7,"reasoningTokens":4}
            id: G.9

            event: finish
            data: {"reason":"completed"}
            id: G.10

            event: stop
            data: stopped
            id: G.11


            """));
    }

    private static async Task ReadUntilAsync(StreamReader body, StringBuilder text, string part)
    {
        var buffer = new char[1024];
        while (!text.ToString().Contains(part, StringComparison.Ordinal))
        {
            var read = await body.ReadAsync(buffer, Token);
            Assert.That(read, Is.GreaterThan(0), text.ToString());
            text.Append(buffer, 0, read);
        }
    }

    [Test]
    public async Task A_reader_can_attach_at_any_frame()
    {
        await using var whole = await (await User.StartAsync("one two three")).ToEndAsync();
        var id = whole.GenerationId;

        for (var n = 0; n < whole.Frames.Count - 1; n++)
        {
            await using var rest = await (await User.AttachAsync(id, $"{id}.{n}")).ToEndAsync();
            Assert.That(rest.Frames, Is.EqualTo(whole.Frames.Skip(n + 1)), $"after {n}");
        }
    }

    [Test]
    public async Task A_model_that_streams_no_reasoning_is_thinking_once_bytes_have_come()
    {
        var gate = new Gate();
        Answers("Think", Script.Silent().Wait(gate).PromptFilter().Wait(gate).Text("so").Finish("stop").Done());

        await using var stream = await User.StartAsync("Think");
        await stream.UntilAsync(frame => frame.Data == """{"phase":"analyzing"}""");
        gate.LetOne();
        Assert.That((await stream.NextAsync())!.Data, Is.EqualTo("""{"phase":"thinking"}"""));
        gate.LetOne();
        Assert.That((await stream.NextAsync())!.Data, Is.EqualTo("""{"phase":"writing"}"""));
        await stream.ToEndAsync();
    }

    [Test]
    public async Task An_answer_that_reaches_the_output_limit_ends_with_length()
    {
        Answers("Long", Script.Start().Text("as far as").Finish("length").Done());

        await using var stream = await (await User.StartAsync("Long")).ToEndAsync();

        Assert.That(stream.Frames.TakeLast(3).Select(frame => $"{frame.Event} {frame.Data}"), Is.EqualTo(new[]
        {
            """usage {"inputTokens":5,"outputTokens":3,"estimated":true}""", """finish {"reason":"length"}""", "stop stopped",
        }));
        Assert.That(stream.Frames.Select(frame => frame.Event), Does.Not.Contain("failure"));
    }
}
