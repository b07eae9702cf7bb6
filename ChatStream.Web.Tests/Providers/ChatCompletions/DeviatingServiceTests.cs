using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>
/// Services that deviate from the format without doubt about what they mean. Each answer is read whole and byte by byte, as a
/// stream and as a whole answer.
/// </summary>
[CancelAfter(60_000)]
internal sealed class DeviatingServiceTests
{
    private const string F = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private const string Z = "data: [DONE]\n\n";
    private const string Whole = """{"choices":[{"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}""";

    private const string Pretty = """
        {
          "choices": [
            {
              "index": 0,
              "message": {
                "content": "Hi"
              },
              "finish_reason": "stop"
            }
          ]
        }
        """;

    private static IEnumerable<TestCaseData> Answers() =>
    [
        Read("empty data", D("Hel") + "data:\n\n" + D("lo") + F + "data: \n\n" + Z, "Hello"),
        Read("empty data of two lines", D("Hel") + "data:\ndata: \n\n" + D("lo") + F + Z, "Hello"),
        Read("an event with a name and no data", D("Hel") + "event: ping\ndata:\n\n" + D("lo") + F + Z, "Hello"),
        Read("an event with another name", "event: ping\ndata: {}\n\n" + D("Hello") + F + Z, "Hello"),
        Read("an event with another name, not JSON", D("Hel") + "event: keepalive\ndata: alive\n\n" + D("lo") + F + Z, "Hello"),
        Read(
            "chunks with a name", $"event: message\n{D("Hel")}event: chunk\n{D("lo")}event: chunk\n{F}event: done\n{Z}", "Hello"),
        Read("the last event without its blank line", D("Hello") + F.TrimEnd(), "Hello"),
        Read("the last event without its blank line, in CRLF", (D("Hello") + F.TrimEnd()).ReplaceLineEndings("\r\n"), "Hello"),
        Read("nothing but the last event", F.Replace("{}", """{"content":"Hello"}""", Ordinal).TrimEnd(), "Hello"),
        Read("garbage after the finish reason", D("Hello") + F + "data: {\"cho\n\n" + Z, "Hello"),
        Read("an error after the finish reason", D("Hello") + F + "event: error\ndata: {\"message\":\"secret\"}\n\n", "Hello"),
        Read("a second choice", Choice(0, "A") + Choice(1, "x") + Choice(0, "B") + Choice(1, "y\\ud83d") + Choice(0, "C")
            + Finish(1, "length") + F + Z, "ABC"),
        Read("two choices in a chunk", """
            data: {"choices":[{"delta":{"content":"x"},"index":1},{"delta":{"content":"A"},"index":0}]}


            """ + F + Z, "A"),
        Read("a second choice of a whole answer",
            """{"choices":[{"index":1,"message":{"content":"x"},"finish_reason":"length"},"""
            + """{"index":0,"message":{"content":"A"},"finish_reason":"stop"}]}""", "A"),
        Read("a whole answer", Whole, "Hi"),
        Read("a whole answer as a line", Whole + "\n", "Hi"),
        Read("a whole answer on many lines", Pretty, "Hi"),
        Read("a whole answer on many lines in CRLF", Pretty.ReplaceLineEndings("\r\n") + "\r\n", "Hi"),
        Read("a whole answer as an event", $"data: {Whole}\n\n{Z}", "Hi"),
        Read("stop while it still thinks",
            Chunk("""{"reasoning_content":"Counting."}""", "stop") + Chunk("""{"content":"Seventeen."}""", "stop") + Z,
            "Seventeen.", "Counting."),
        Read("stop in every chunk", Chunk("""{"content":"A"}""", "stop") + Chunk("""{"content":"B"}""", "stop") + Z, "AB"),
        Read("garbage after a finish reason that came with text", Chunk("""{"content":"A"}""", "stop") + "data: {\"cho\n\n" + Z, "A"),
        Read("events that tell of progress", "data: {\"type\":\"progress\",\"message\":\"Loading\"}\n\n" + D("A") + F + Z, "A"),
        Read("much white space at the beginning", D(new string(' ', 300)) + D("A") + F + Z, new string(' ', 300) + "A"),
        Read("stop after the reasoning, and again after the text",
            Chunk("""{"reasoning":"Counting."}""", null) + F + D("Seventeen.") + F, "Seventeen.", "Counting."),
        Read("stop before the text, whose end only the stream tells", F + D("Seventeen.") + Z, "Seventeen."),
        Read("the reasoning wrapped in tags", D("<thi") + D("nk>\\nCheck the units.\\n") + D("</think>\\n\\nIt is 3 m.") + F + Z,
            "It is 3 m.", "Check the units."),
        Read(
            "blanks before it", D("\\n <think>A") + D(" b </thi") + D("nk>") + D("\\n") + D("Done.") + F + Z, "Done.", "A b"),
        Read("tags in a whole answer", Whole.Replace("Hi", "<think>\\nA\\n</think>\\n\\nHi", Ordinal), "Hi", "A"),
        Read("empty tags", D("<think>\\n\\n</think>\\n\\n") + D("Hi") + F + Z, "Hi"),
        Read(
            "tags within the text", D("The <think> begins, </think> ends.") + F + Z, "The <think> begins, </think> ends."),
        Read("a text that begins as a tag does", D("<thin") + D("k about it") + F + Z, "<think about it"),
        Read("a text that is the beginning of a tag", D("<thi") + F + Z, "<thi"),
        Read(
            "a tag that never closes in an answer that ends", D("<think> is a tag.") + F + Z, "<think> is a tag.", "is a tag."),
        Read("a tag within the reasoning", D("<think>a </b> < / think>") + D("</think>b") + F + Z, "b", "a </b> < / think>"),
        Read(
            "text in both forms of reasoning", Chunk("""{"reasoning_content":"R","content":"<think>S</think>T"}""", null) + F + Z,
            "T", "RS"),
    ];

    [TestCaseSource(nameof(Answers))]
    public async Task It_is_understood(string stream, string text, string? reasoning)
    {
        foreach (var bytesPerRead in new[] { int.MaxValue, 1, 7 })
        {
            var answer = await StreamAsync(Service(stream, bytesPerRead));
            Assert.That(
                (answer.Text, Reasoning(answer), answer.FinishReason), Is.EqualTo((text, reasoning, ChatFinishReason.Stop)));
        }
        var whole = await TestModel.Behind(Service(stream, 5)).GetResponseAsync(TestModel.Hello, options: null, Token);
        Assert.That((whole.Text, Reasoning(whole), whole.FinishReason), Is.EqualTo((text, reasoning, ChatFinishReason.Stop)));
    }

    [Test]
    public async Task The_body_decides_what_it_is([Values("", "application/json", "text/plain", "text/event-stream")] string type)
    {
        foreach (var body in new[] { D("Hi") + F + Z, Whole, Pretty })
        {
            var answer = await StreamAsync(ScriptedService.Answering(200, type, body));
            Assert.That(answer.Text, Is.EqualTo("Hi"));
        }
    }

    private static IEnumerable<TestCaseData> Errors() =>
    [
        Fails("a field of its own",
            """error: {"code":400,"message":"the request exceeds the context size","type":"exceed_context_size_error"}""" + "\n\n" + Z,
            FailureCode.ContextLengthExceeded),
        Fails("bare", """{"error":{"code":400,"message":"request (19000 tokens)","type":"exceed_context_size_error"}}""" + "\n",
            FailureCode.ContextLengthExceeded),
        Fails("bare, before the end", """{"error":{"code":400,"type":"exceed_context_size_error"}}""" + "\n" + Z,
            FailureCode.ContextLengthExceeded),
        Fails("bare in mid-answer, on many lines",
            D("Hel") + "{\n  \"error\": {\n    \"type\": \"rate_limit_exceeded\"\n  }\n}\n" + Z, FailureCode.RateLimited),
        Fails("an event's name", "event: error\ndata: {\"message\":\"Overloaded\",\"type\":\"rate_limit_exceeded\"}\n\n",
            FailureCode.RateLimited),
        Fails("an event's name, and words", "event: error\ndata: prompt is too long\n\n", FailureCode.ContextLengthExceeded),
        Fails("an event's name, and nothing known", "event: error\ndata: {\"a\":\"secret\"}\n\n", FailureCode.ModelUnavailable),
        Fails("an object's kind", """data: {"object":"error","message":"too long","code":"context_length_exceeded"}""" + "\n\n",
            FailureCode.ContextLengthExceeded),
        Fails("a number and a type",
            """data: {"error":{"message":"The maximum context length is 8192 tokens.","type":"BadRequestError","code":400}}"""
            + "\n\n", FailureCode.ContextLengthExceeded),
        Fails("a page", "<html>secret</html>", FailureCode.MalformedResponse),
        Fails("a page after blank lines", "\n\n  <!DOCTYPE html>secret", FailureCode.MalformedResponse),
        Fails("half a whole answer", Whole[..^5], FailureCode.MalformedResponse),
        Fails(
            "stop with the reasoning, and no more", Chunk("""{"reasoning":"Counting."}""", "stop"), FailureCode.MalformedResponse),
        Fails("stop in every chunk, and no end",
            Chunk("""{"content":"A"}""", "stop") + Chunk("""{"content":"B"}""", "stop"), FailureCode.MalformedResponse),
        Fails("a word for a fault", D("half") + Finish(0, "insufficient_system_resource") + Z, FailureCode.ModelUnavailable),
        Fails("a filter's error after stop",
            D("A") + F + "data: {\"error\":{\"code\":\"content_filter\"}}\n\n", FailureCode.ContentFilter),
        Fails("stop before text that ends nowhere", F + D("Seven"), FailureCode.MalformedResponse),
    ];

    [TestCaseSource(nameof(Errors))]
    public async Task Its_error_is_understood(string stream, FailureCode code)
    {
        foreach (var bytesPerRead in new[] { int.MaxValue, 1, 7 })
        {
            var (_, failure) = await TestModel.Behind(Service(stream, bytesPerRead)).FailureAsync();
            Assert.That(failure.Code, Is.EqualTo(code));
        }
    }

    [TestCase("eos", "stop")]
    [TestCase("eos_token", "stop")]
    [TestCase("end_turn", "stop")]
    [TestCase("stop_sequence", "stop")]
    [TestCase("STOP", "stop")]
    [TestCase("max_tokens", "length")]
    [TestCase("MAX_TOKENS", "length")]
    [TestCase("model_length", "length")]
    [TestCase("SAFETY", "content_filter")]
    [TestCase("tool_calls", "stop", Description = "although there are none")]
    [TestCase("something_new", "something_new")]
    public async Task Its_word_for_an_end_is_understood(string word, string meaning)
    {
        var answer = await StreamAsync(ScriptedService.Streaming(D("Paris.") + Finish(0, word) + Z));

        Assert.That((answer.Text, answer.FinishReason), Is.EqualTo(("Paris.", new ChatFinishReason(meaning))));
    }

    private static IEnumerable<TestCaseData> Tagged() =>
    [
        Read("no opening tag", D("Check.</thi") + D("nk>Done.") + F + Z, "Done.", "Check."),
        Read("both tags", D("<think>Check.</think>Done.") + F + Z, "Done.", "Check."),
        Read("no tag at all", D("No thought") + D(" was given.") + F + Z, "No thought was given."),
    ];

    [TestCaseSource(nameof(Tagged))]
    public async Task Reasoning_without_an_opening_tag_is_a_setting(string stream, string text, string? reasoning)
    {
        var deployment = new DeploymentOptions
        {
            Endpoint = TestModel.Deployment.Endpoint,
            Deployment = "r1",
            ApiKey = "key",
            Reasoning = ReasoningForm.Tags,
        };
        var answer = await StreamAsync(Service(stream, 1), deployment);

        Assert.That(answer.Text, Is.EqualTo(text));
        if (reasoning is not null)
            Assert.That(Reasoning(answer), Is.EqualTo(reasoning));
    }

    [Test]
    public async Task A_tool_call_beside_text_is_no_end()
    {
        const string Call = """{"content":"Let me look.","tool_calls":[{"index":0,"id":"c","function":{"name":"f"}}]}""";
        var answer = await StreamAsync(ScriptedService.Streaming(Chunk(Call, null) + Finish(0, "tool_calls") + Z));

        Assert.That(answer.FinishReason, Is.EqualTo(ChatFinishReason.ToolCalls));
    }

    [Test]
    public async Task An_answer_that_is_cut_while_it_thinks_has_no_text()
    {
        var answer = await StreamAsync(ScriptedService.Streaming(D("<think>A, ") + D("b") + Finish(0, "length") + Z));

        Assert.That((answer.Text, Reasoning(answer)), Is.EqualTo(("", "A, b")));
    }

    [Test]
    public async Task A_connection_that_breaks_after_stop_came_with_a_piece_of_text_leaves_the_answer_unfinished()
    {
        await using var body = new FedBody();
        body.Feed(Chunk("""{"content":"A"}""", "stop"));
        body.Break(new IOException("reset by secret peer"));
        var (_, failure) = await TestModel.Behind(ScriptedService.Streaming(body)).FailureAsync();

        Assert.That(failure.Code, Is.EqualTo(FailureCode.ModelUnavailable));
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    private static string D(string text) => Choice(0, text);

    private static string Choice(int index, string text) =>
        $$$"""data: {"choices":[{"index":{{{index}}},"delta":{"content":"{{{text}}}"}}]}""" + "\n\n";

    private static string Finish(int index, string reason) =>
        $$"""data: {"choices":[{"delta":{},"finish_reason":"{{reason}}","index":{{index}}}]}""" + "\n\n";

    private static string Chunk(string delta, string? finish) =>
        $"data: {{\"choices\":[{{\"delta\":{delta}{(finish is null ? "" : $",\"finish_reason\":\"{finish}\"")}}}]}}\n\n";

    private static TestCaseData Read(string name, string stream, string text, string? reasoning = null) =>
        new TestCaseData(stream, text, reasoning).SetArgDisplayNames(name);

    private static TestCaseData Fails(string name, string stream, FailureCode code) =>
        new TestCaseData(stream, code).SetArgDisplayNames(name);

    private static ScriptedService Service(string stream, int bytesPerRead) => bytesPerRead == int.MaxValue
        ? ScriptedService.Streaming(stream)
        : ScriptedService.Streaming(() => CutBody.EveryBytes(Encoding.UTF8.GetBytes(stream), bytesPerRead));

    private static async Task<ChatResponse> StreamAsync(ScriptedService service, DeploymentOptions? deployment = null)
    {
        using var client = TestModel.Behind(service, deployment);
        return await client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token).ToChatResponseAsync(Token);
    }

    private static string? Reasoning(ChatResponse answer) =>
        string.Concat(answer.Messages.SelectMany(message => message.Contents.OfType<TextReasoningContent>()).Select(r => r.Text))
            is { Length: > 0 } reasoning ? reasoning : null;
}
