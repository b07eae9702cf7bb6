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
        Read("reasoning in two pieces", D("<think>A</think>\\n<thi") + D("nk>B</think>\\n") + D("Done.") + F + Z,
            "Done.", "A\n\nB"),
        Read("a tag after the reasoning that is none", D("<think>A</think><thin") + D("g> is short.") + F + Z,
            "<thing> is short.", "A"),
        Read("the beginning of a tag after the reasoning", D("<think>A</think><th") + F + Z, "<th", "A"),
        Read("no blank line between the events", Dense(D("Hel") + D("lo") + F + Z), "Hello"),
        Read("no blank line, in CRLF", Dense(D("Hel") + D("lo") + F + Z).ReplaceLineEndings("\r\n"), "Hello"),
        Read("no blank line, and no end", Dense(D("Hel") + D("lo") + F).TrimEnd(), "Hello"),
        Read("the field's name twice", (D("Hel") + D("lo") + F + Z).Replace("data: ", "data: data: ", Ordinal), "Hello"),
        Read("words that keep the connection open",
            "data: ping\n\n" + D("Hel") + "data: [HEARTBEAT]\n\ndata: keep-alive\n\n" + D("lo") + F + "data: ping\n\n" + Z,
            "Hello"),
        Read("the end in quotation marks", D("Hello") + F + "data: \"[DONE]\"\n\n", "Hello"),
        Read("a byte order mark", "\uFEFF" + D("Hello") + F + Z, "Hello"),
        Read("a byte order mark, in CRLF", ("\uFEFF" + D("Hello") + F + Z).ReplaceLineEndings("\r\n"), "Hello"),
        Read("a byte order mark before a whole answer", "\uFEFF" + Pretty, "Hi"),
        Read("CR for a line's end", (D("Hel") + D("lo") + F + Z).ReplaceLineEndings("\r"), "Hello"),
        Read("the message as far as it has come",
            Message("Hel", null) + Message("Hello", null) + Message("Hello", null) + Message("Hello", "stop") + Z, "Hello"),
        Read("the message in pieces", Message("ha", null) + Message("ha", null) + Message("!", null) + F + Z, "haha!"),
        Read("the message once more at the end", Message("Hello", null) + Message("Hello", "stop") + Z, "Hello"),
        Read("the text of the older interface",
            "data: {\"choices\":[{\"index\":0,\"text\":\"Hel\"}]}\n\n"
            + "data: {\"choices\":[{\"text\":\"lo\",\"finish_reason\":\"stop\"}]}\n\n" + Z, "Hello"),
        Read("the number of a choice as a string", """
            data: {"choices":[{"index":"1","delta":{"content":"x"}},{"index":"0","delta":{"content":"A"}}]}


            """ + F + Z, "A"),
        Read("the number of a choice with a fraction",
            "data: {\"choices\":[{\"index\":0.0,\"delta\":{\"content\":\"A\"}}]}\n\n" + F + Z, "A"),
        Read("members that are null", """
            data: {"id":null,"model":null,"error":null,"usage":null,"choices":[{"index":null,"delta":{"role":null,"content":"A",
            data: "refusal":null,"tool_calls":null,"function_call":null,"reasoning":null,"audio":null},"logprobs":null,
            data: "message":null,"content_filter_results":null,"usage":null,"error":null,"finish_reason":null}]}


            """ + F + Z, "A"),
        Read("an empty error in each chunk", string.Concat(((string[])["{}", "\"\"", "false", "[]", "{\"message\":\"\"}"]).Select(
            error => $"data: {{\"error\":{error},\"choices\":[{{\"delta\":{{\"content\":\"A\"}}}}]}}\n\n")) + F + Z, "AAAAA"),
        Read("no choices at all", "data: {}\n\ndata: {\"choices\":[]}\n\ndata: {\"id\":\"c\"}\n\n" + D("A") + F + Z, "A"),
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
        Fails("within the choice",
            """data: {"choices":[{"delta":{"content":""},"finish_reason":"error","error":{"code":429,"message":"secret"}}]}""" + "\n\n",
            FailureCode.RateLimited),
        Fails("an error in an error", """data: {"error":{"error":{"code":"context_length_exceeded"}}}""" + "\n\n",
            FailureCode.ContextLengthExceeded),
        Fails("a list of errors", """data: {"error":{"errors":[{"type":"insufficient_quota"}]}}""" + "\n\n",
            FailureCode.QuotaExhausted),
        Fails("an event's name, and a string",
            "event: error\ndata: \"prompt is too long\"\n\n", FailureCode.ContextLengthExceeded),
        Fails("other names", """data: {"error":{"error_code":429,"error_message":"secret"}}""" + "\n\n", FailureCode.RateLimited),
        Fails("nothing but words", """data: {"error":{"message":"Rate limit reached for secret"}}""" + "\n\n",
            FailureCode.RateLimited),
        Fails("the number 408", """data: {"error":{"code":408,"message":"secret"}}""" + "\n\n", FailureCode.ModelTimeout),
        Fails("the number 503 as a string", """data: {"error":{"code":"503"}}""" + "\n\n", FailureCode.ModelUnavailable),
        Fails("the number 400", """data: {"error":{"code":400,"message":"secret"}}""" + "\n\n", FailureCode.ModelRejected),
        Fails("the number 401", """data: {"error":{"code":401,"message":"secret"}}""" + "\n\n", FailureCode.NotConfigured),
        Fails("the number 402", """data: {"error":{"code":402,"message":"secret"}}""" + "\n\n", FailureCode.QuotaExhausted),
        Fails("an empty error, and no choices", """data: {"error":{}}""" + "\n\n" + F + Z, FailureCode.ModelUnavailable),
        Fails("the code within", """data: {"error":{"code":null,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}""" + "\n\n",
            FailureCode.ContentFilter),
        Fails("without a blank line before it", Dense(D("A") + """data: {"error":{"code":429}}""" + "\n\n"), FailureCode.RateLimited),
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
    [TestCase("prohibited_content", "content_filter")]
    [TestCase("model_context_window_exceeded", "length")]
    [TestCase("tool_use", "stop", Description = "although there are none")]
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
        Read("apart from the text", Chunk("""{"reasoning_content":"Check."}""", null) + D("Done.") + F + Z, "Done.", "Check."),
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

    private static string Dense(string stream) => stream.Replace("\n\n", "\n", Ordinal);

    private static string Message(string text, string? finish) =>
        $"data: {{\"choices\":[{{\"message\":{{\"content\":\"{text}\"}}"
        + $"{(finish is null ? "" : $",\"finish_reason\":\"{finish}\"")}}}]}}\n\n";

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
