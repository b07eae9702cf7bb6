using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>
/// Streams that are odd and leave no doubt about what they mean, and odd ones that are not complete. Each is read whole, in
/// pieces and byte by byte.
/// </summary>
[CancelAfter(60_000)]
internal sealed class OddStreamTests
{
    private const string F = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private const string Z = "data: [DONE]\n\n";
    private const string Whole = """{"choices":[{"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}""";
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static IEnumerable<TestCaseData> Framings() =>
    [
        Read("CRLF and LF and CR in turn",
            D("Hel").ReplaceLineEndings("\r\n") + D("lo") + F.ReplaceLineEndings("\r") + Z, "Hello"),
        Read("comments between and within events", ": a\n" + D("Hel") + ":\n\n: {\"error\":1}\n"
            + D("lo").Replace("\n\n", "\n: within\n\n", Ordinal) + F + ":data: no\n\n" + Z, "Hello"),
        Read("no space behind the colon", (D("Hel") + D("lo") + F + Z).Replace("data: ", "data:", Ordinal), "Hello"),
        Read("many spaces behind the colon", (D("Hel") + D("lo") + F + Z).Replace("data: ", "data:    ", Ordinal), "Hello"),
        Read("many spaces and no blank lines",
            Dense(D("Hel") + D("lo") + F + Z).Replace("data: ", "data:  ", Ordinal), "Hello"),
        Read("a tab behind the colon", (D("Hel") + D("lo") + F + Z).Replace("data: ", "data:\t", Ordinal), "Hello"),
        Read("a tab behind the colon, with a name",
            ("event: chunk\n" + D("Hel") + "event: chunk\n" + D("lo") + F + Z).Replace("data: ", "data:\t", Ordinal), "Hello"),
        Read("ids and times", "id: 1\nretry: 5\n" + D("Hel") + "retry: x\nid\n" + D("lo") + "id: \0\n" + F + Z, "Hello"),
        Read("unknown fields", "foo: bar\n" + D("Hel") + "no\n" + D("lo") + "baz:\n" + F + Z, "Hello"),
        Read("JSON over many lines of data", Lines(
            """{"choices":""", """[{"delta":{"content":""", "\"Hel\"}}", "]}") + D("lo") + F + Z, "Hello"),
        Read("two chunks in one line", D("Hel").TrimEnd() + D("lo")["data: ".Length..] + F + Z, "Hello"),
        Read("all chunks in one line, with blanks between",
            (D("Hel") + D("lo") + F).Replace("\n\ndata: ", " ", Ordinal) + Z, "Hello"),
        Read("two chunks in lines of one event, the second without its field",
            D("Hel").TrimEnd() + "\n" + D("lo")["data: ".Length..] + F + Z, "Hello"),
        Read("chunks in lines, without fields", (D("Hel") + D("lo") + F).Replace("data: ", "", Ordinal), "Hello"),
        Read("chunks in lines, without fields and blank lines",
            Dense(D("Hel") + D("lo") + F).Replace("data: ", "", Ordinal), "Hello"),
        Read("no newline at all behind the last chunk", D("Hel") + D("lo") + F[..^2], "Hello"),
        Read("one newline behind the end", D("Hello") + F + Z[..^1], "Hello"),
        Read("many blank lines", "\n\n\n" + D("Hel") + "\n\n" + D("lo") + "\r\n\r\n" + F + "\n" + Z, "Hello"),
        Read("a raw tab in the text", D("a\tb") + F + Z, "a\tb"),
        Read("a raw line break in the text",
            "data: {\"choices\":[{\"delta\":{\"content\":\"a\ndata: b\"}}]}\n\n" + F + Z, "a\nb"),
        Read("a raw NUL in the text", D("a\0b") + F + Z, "a\0b"),
        Read("an escaped NUL in the text", D("a\\u0000b") + F + Z, "a\0b"),
        Read("NUL behind each chunk", (D("Hel") + D("lo") + F + Z).Replace("}\n\n", "}\0\n\n", Ordinal), "Hello"),
        Read("numbers that JSON does not have", "data: {\"choices\":[{\"delta\":{\"content\":\"NaN, -Infinity\"},"
            + "\"logprobs\":{\"a\":NaN,\"b\":[-Infinity,Infinity]}}]}\n\n" + F + Z, "NaN, -Infinity"),
        Read("an event with another name and words in brackets",
            D("Hel") + "event: log\ndata: [info] ok\n\n" + D("lo") + F + Z, "Hello"),
        Read("an event with another name and a list", D("Hel") + "event: metrics\ndata: [1,2]\n\n" + D("lo") + F + Z, "Hello"),
        Read("JSON that says nothing",
            D("Hel") + "data: null\n\ndata: 0\n\ndata: []\n\ndata: \"x\"\n\ndata: {}\n\n" + D("lo") + F + Z,
            "Hello"),
        Read("the end twice", D("Hello") + F + Z + Z, "Hello"),
        Read("the end with blanks and a name", D("Hello") + F + "event: end\ndata:  [DONE]  \n\n", "Hello"),
        Read("a heartbeat as JSON", "data: {\"type\":\"ping\"}\n\n" + D("Hel") + "data: \"ping\"\n\n" + D("lo") + F + Z, "Hello"),
        Read("deep nesting in a member that is not known", "data: {\"x\":" + new string('[', 200) + new string(']', 200)
            + ",\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n" + F + Z, "Hello"),
        Read("huge numbers", "data: {\"created\":1e400,\"x\":123456789012345678901234567890,\"choices\":[{\"index\":0,\"delta\":"
            + "{\"content\":\"Hello\"},\"n\":-0.0e-999}]}\n\n" + F + Z, "Hello"),
        Read("a name written with escapes", D("Hel").Replace("content", "\\u0063ontent", Ordinal) + D("lo") + F + Z, "Hello"),
        Read("lone halves of surrogate pairs", D("a\\ud83d") + D("b\\ude00") + D("\\ud83d\\ud83d\\ude00") + F + Z, "a�b��😀"),
        Read("lone halves in ids",
            "data: {\"id\":\"\\ud83d\",\"model\":\"\\ude00\",\"choices\":[{\"delta\":{\"content\":\"A\"}}]}\n\n"
            + F + Z, "A"),
    ];

    private static IEnumerable<TestCaseData> Chunks() =>
    [
        Read("empty choices, empty deltas, no delta", "data: {\"choices\":[]}\n\n" + Chunk("{}", null)
            + "data: {\"choices\":[{}]}\n\n" + Chunk("null", null) + D("A") + F + Z, "A"),
        Read("content that is null, empty, absent", Chunk("""{"content":null}""", null) + Chunk("""{"content":""}""", null)
            + Chunk("""{"role":"assistant"}""", null) + D("A") + F + Z, "A"),
        Read("usage before the finish reason", D("A") + Usage + D("B") + F + Z, "AB"),
        Read("usage behind the finish reason", D("A") + F + Usage + Usage + Z, "A"),
        Read("usage with choices and the finish reason",
            D("A") + F.Replace("]}", """],"usage":{"prompt_tokens":1,"completion_tokens":1}}""", Ordinal) + Z, "A"),
        Read("parts with marks of their own", Content("""[{"text":"Hm.","thought":true},{"text":"A","thought":false}]""") + F + Z,
            "A", "Hm."),
        Read("a part that is a thought", Content("""[{"type":"thought","text":"Hm."}]""") + D("A") + F + Z, "A", "Hm."),
        Read("a part whose type comes last",
            Content("""[{"thinking":"Hm.","type":"thinking"},{"text":"A","type":"text"}]""") + F + Z,
            "A", "Hm."),
        Read("parts that are not known beside text",
            Content("""[{"type":"reference","reference_ids":[1]},{"type":"text","text":"A"}]""")
            + F + Z, "A"),
        Read("a part without a type", Content("""[{"text":"A"}]""") + Content("""{"content":"B"}""") + F + Z, "AB"),
        Read("text in parts and in strings",
            D("A") + Content("""[{"type":"text","text":"B"}]""") + Content("""["C","D"]""") + F + Z,
            "ABCD"),
        Read("the message beside the delta, from the beginning", "data: {\"choices\":[{\"message\":{\"content\":\"A\"},\"delta\":"
            + "{\"content\":\"A\"}}]}\n\n"
            + "data: {\"choices\":[{\"message\":{\"content\":\"AB\"},\"delta\":{\"content\":\"B\"}}]}\n\n" + F + Z,
            "AB"),
        Read("the whole message beside the finish reason", D("A") + D("B")
            + "data: {\"choices\":[{\"message\":{\"content\":\"AB\"},\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n" + Z, "AB"),
        Read("the text of the older interface beside the delta",
            "data: {\"choices\":[{\"text\":\"A\",\"delta\":{\"content\":\"A\"}}]}\n\n"
            + "data: {\"choices\":[{\"delta\":{\"content\":\"B\"},\"text\":\"AB\"}]}\n\n"
            + "data: {\"choices\":[{\"delta\":{},\"text\":\"AB\",\"finish_reason\":\"stop\"}]}\n\n" + Z, "AB"),
        Read("the text of the older interface, with halves", "data: {\"choices\":[{\"text\":\"a\\ud83d\"}]}\n\n"
            + "data: {\"choices\":[{\"index\":1,\"text\":\"x\"},{\"text\":\"\\ude00b\",\"index\":0}]}\n\n" + F + Z, "a😀b"),
        Read("three choices in any order",
            Choice(2, "x") + Choice(0, "A") + Choice(1, "y") + Choice(0, "B") + Finish(2) + Finish(1)
            + F + Z, "AB"),
        Read("another choice that ends first", Choice(0, "A") + Finish(1) + Choice(0, "B") + F + Z, "AB"),
        Read("another choice with an error", Choice(0, "A")
            + """data: {"choices":[{"index":1,"delta":{},"error":{"code":500},"finish_reason":"error"}]}"""
            + "\n\n" + F + Z, "A"),
        Read("the refusal beside empty content", Chunk("""{"content":null,"refusal":"No."}""", null) + F + Z, "No."),
        Read("a refusal in pieces",
            Chunk("""{"refusal":"N"}""", null) + Chunk("""{"refusal":"o.","content":""}""", null) + F + Z, "No."),
        Read("a refusal in a whole answer",
            Whole.Replace("\"content\":\"Hi\"", "\"content\":null,\"refusal\":\"No.\"", Ordinal), "No."),
        Read("thinking by its name",
            Chunk("""{"thinking":"H"}""", null) + Chunk("""{"thinking":"m.","content":""}""", null) + D("A") + F + Z,
            "A", "Hm."),
        Read("thinking in a whole answer",
            Whole.Replace("\"content\"", "\"thinking\":\"Hm.\",\"content\"", Ordinal), "Hi", "Hm."),
        Read("reasoning as its details",
            Chunk("""{"content":"","reasoning_details":[{"type":"reasoning.text","text":"Hm."}]}""", null)
                + D("A") + F + Z, "A", "Hm."),
        Read("reasoning and its details", Chunk(
            """{"reasoning":"Hm.","reasoning_details":[{"type":"reasoning.text","text":"Hm."}]}""", null)
            + Chunk("""{"reasoning_details":[{"type":"reasoning.text","text":"Hm."}]}""", null) + D("A") + F + Z, "A", "Hm."),
        Read("reasoning and blocks of thinking", Chunk(
            """{"thinking_blocks":[{"type":"thinking","thinking":"Hm.","signature":"s"}],"reasoning_content":"Hm."}""", null)
            + D("A") + F + Z, "A", "Hm."),
        Read("nothing but blocks of thinking",
            Chunk("""{"thinking_blocks":[{"type":"thinking","thinking":"Hm."}]}""", null) + D("A") + F + Z, "A", "Hm."),
        Read("reasoning behind the text, in one chunk",
            Chunk("""{"content":"A","reasoning_content":"Hm."}""", null) + F + Z, "A", "Hm."),
        Read("reasoning that is empty beside text",
            Chunk("""{"reasoning_content":"","reasoning":null,"content":"A"}""", null) + F + Z, "A"),
        Read("stop in capitals with blanks", D("A") + F.Replace("stop", " STOP ", Ordinal), "A"),
        Read("a prefix before the finish reason", D("A") + F.Replace("stop", "FINISH_REASON_STOP", Ordinal) + Z, "A"),
        Read("the finish reason twice", D("A") + F + F + Z, "A"),
        Read("tool calls without tools", D("A") + Chunk("""{"tool_calls":[]}""", "tool_calls") + Z, "A"),
        Read("an error that says that all is well",
            D("A").Replace("{\"choices\"", "{\"error\":0,\"choices\"", Ordinal)
            + D("B").Replace("{\"choices\"", "{\"error\":{\"code\":\"\",\"type\":\"\",\"message\":\"\"},\"choices\"", Ordinal)
            + D("C").Replace("{\"choices\"", "{\"error\":{\"code\":0,\"message\":\"success\"},\"choices\"", Ordinal)
            + D("D").Replace("{\"choices\"", "{\"code\":200,\"message\":\"OK\",\"choices\"", Ordinal) + F + Z, "ABCD"),
        Read("a whole answer in a list", $"[{Whole}]", "Hi"),
        Read("a whole answer in a list on many lines", $"[\n  {Whole}\n]\n", "Hi"),
        Read("a whole answer behind comments", $": wait\n\n: wait\n\n{Whole}", "Hi"),
        Read("a whole answer behind blanks and blank lines", $"   \n\n  {Whole}\n\n", "Hi"),
        Read("a whole answer with its deltas' names",
            """{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}""", "Hi"),
        Read("a whole answer and the end", $"{Whole}\n{Z}", "Hi"),
        Read("a whole answer in two choices",
            """{"choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"},"""
            + """{"index":1,"message":{"content":"no"},"finish_reason":"content_filter"}]}""", "Hi"),
        Read("a whole answer with parts",
            Whole.Replace("\"Hi\"", """[{"type":"text","text":"H"},{"type":"text","text":"i"}]""", Ordinal), "Hi"),
        Read("invalid usage",
            D("A") + F + """data: {"choices":[],"usage":{"prompt_tokens":"x","completion_tokens":-1e99}}""" + "\n\n" + Z,
            "A"),
        Read("white space only, then text", D(" ") + D("\\n") + D("A") + F + Z, " \nA"),
    ];

    [TestCaseSource(nameof(Framings))]
    [TestCaseSource(nameof(Chunks))]
    public async Task It_is_understood(string stream, string text, string? reasoning)
    {
        foreach (var service in Cut(Encoding.UTF8.GetBytes(stream)))
        {
            using var client = TestModel.Behind(service);
            var answer = await client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token).ToChatResponseAsync(Token);
            var thought = string.Concat(answer.Messages.SelectMany(message => message.Contents.OfType<TextReasoningContent>())
                .Select(content => content.Text));

            Assert.That(
                (answer.Text, thought, answer.FinishReason), Is.EqualTo((text, reasoning ?? "", ChatFinishReason.Stop)));
        }
    }

    private static IEnumerable<TestCaseData> Ends() =>
    [
        Fails("the end comes early", D("Hel") + Z, "Hel", FailureCode.MalformedResponse),
        Fails("no chunk at all", Z, "", FailureCode.MalformedResponse),
        Fails("nothing but comments", ": a\n\n: b\n\n", "", FailureCode.MalformedResponse),
        Fails("nothing but white space", " \n\n \n", "", FailureCode.MalformedResponse),
        Fails("nothing but usage", Usage + Z, "", FailureCode.MalformedResponse),
        Fails("another choice ends, and the first does not", Choice(0, "A") + Finish(1) + Z, "A", FailureCode.MalformedResponse),
        Fails("half of the last chunk", D("Hel") + F[..^20], "Hel", FailureCode.MalformedResponse),
        Fails("half of a whole answer", Whole[..^10], "", FailureCode.MalformedResponse),
        Fails("a whole answer that has not ended",
            Whole.Replace("\"stop\"", "null", Ordinal), "Hi", FailureCode.MalformedResponse),
        Fails("a page", "<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>", "", FailureCode.MalformedResponse),
        Fails("a page behind a byte order mark", "\uFEFF  \r\n<html></html>", "", FailureCode.MalformedResponse),
        Fails("a page in mid-answer", D("Hel") + "<html>\n<head><title>502</title></head>\n</html>\n", "Hel",
            FailureCode.MalformedResponse),
        Fails("a word", "Unavailable", "", FailureCode.MalformedResponse),
        Fails("a finish reason that is an object", D("Hel") + F.Replace("\"stop\"", "{\"type\":\"stop\"}", Ordinal) + Z, "Hel",
            FailureCode.MalformedResponse),
        Fails("a finish reason that is a number", D("Hel") + F.Replace("\"stop\"", "1", Ordinal) + Z, "Hel",
            FailureCode.MalformedResponse),
        Fails("two values, the second broken", D("Hel") + F.TrimEnd() + "{\"choices\":[{\"delta\":{\"content\":\"lo\n\n", "Hel",
            FailureCode.ModelUnavailable),
        Fails("nesting without end",
            D("Hel") + "data: {\"x\":" + new string('[', 5000) + "\n\n", "Hel", FailureCode.MalformedResponse),
        Fails("an abort by the service", D("Hel") + F.Replace("stop", "abort", Ordinal) + Z, "Hel", FailureCode.ModelUnavailable),
        Fails("an overload as the finish reason", D("Hel") + F.Replace("stop", "Overloaded", Ordinal) + Z, "Hel",
            FailureCode.ModelUnavailable),
        Fails("an error as the finish reason, with text", D("Hel") + Chunk("""{"content":"lo"}""", "error") + Z, "Hello",
            FailureCode.ModelUnavailable),
        Fails("an error event without data", D("Hel") + "event: error\ndata:\n\n", "Hel", FailureCode.ModelUnavailable),
        Fails("an error event with nothing but blanks",
            D("Hel") + "event: error\ndata:   \n\n", "Hel", FailureCode.ModelUnavailable),
        Fails("an error that stands bare behind an event",
            D("Hel").TrimEnd() + "\n{\"error\":{\"code\":\"rate_limit_exceeded\"}}\n", "Hel", FailureCode.RateLimited),
        Fails("an error glued to a chunk",
            D("Hel").TrimEnd() + "{\"error\":{\"code\":\"context_length_exceeded\"}}\n\n", "Hel",
            FailureCode.ContextLengthExceeded),
    ];

    [TestCaseSource(nameof(Ends))]
    public async Task It_is_not_complete(string stream, string text, FailureCode code)
    {
        foreach (var service in Cut(Encoding.UTF8.GetBytes(stream)))
        {
            var (updates, failure) = await TestModel.Behind(service).FailureAsync();

            Assert.That((string.Concat(updates.Select(TextOf)), failure.Code), Is.EqualTo((text, code)));
        }
    }

    [TestCase("length", "length")]
    [TestCase("MAX_TOKENS", "length")]
    [TestCase("max_output_tokens", "length")]
    [TestCase("token_limit", "length")]
    [TestCase("content_filter", "content_filter")]
    [TestCase("ContentFiltered", "content_filter")]
    [TestCase("guardrail_intervened", "content_filter")]
    [TestCase("eos", "stop")]
    [TestCase("EndTurn", "stop")]
    [TestCase("stop_sequence", "stop")]
    [TestCase("COMPLETE", "stop")]
    [TestCase("pause_turn", "pause_turn")]
    public async Task A_word_for_an_end(string word, string meaning)
    {
        using var client = TestModel.Behind(ScriptedService.Streaming(D("A") + F.Replace("stop", word, Ordinal) + Z));
        var answer = await client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token).ToChatResponseAsync(Token);

        Assert.That((answer.Text, answer.FinishReason), Is.EqualTo(("A", new ChatFinishReason(meaning))));
    }

    [Test]
    public async Task Invalid_utf8_is_replaced()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(D("a?b") + D("?") + F + Z).Select(unit => unit == '?' ? (byte)0xFF : unit)];
        foreach (var service in Cut(bytes))
        {
            using var client = TestModel.Behind(service);
            var answer = await client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token).ToChatResponseAsync(Token);

            Assert.That((answer.Text, answer.FinishReason), Is.EqualTo(("a\uFFFDb\uFFFD", ChatFinishReason.Stop)));
        }
    }

    [TestCase("""{"index":0,"id":"c","function":{"name":"f","arguments":"{\"a\":"}}""",
        """{"index":0,"id":"","function":{"name":"","arguments":"1}"}}""", TestName = "An empty id and name")]
    [TestCase("""{"id":"c","function":{"name":"f","arguments":"{\"a\":"}}""",
        """{"id":null,"function":{"name":"","arguments":"1}"}}""", TestName = "No index, and an empty name")]
    [TestCase("""{"id":"c","function":{"name":"f","arguments":""}}""", """{"function":{"arguments":"{\"a\":"}}""",
        """{"function":{"arguments":"1}"}}""", TestName = "No index and no id")]
    [TestCase("""{"index":"0","id":"c","type":"function","function":{"arguments":"{\"a\":","name":"f"}}""",
        """{"index":0.0,"function":{"arguments":"1}"}}""", TestName = "The index in three forms")]
    [TestCase("""{"index":3,"id":"c","function":{"name":"f","arguments":{"a":1}}}""", TestName = "The arguments as an object")]
    public async Task A_call_of_a_tool_is_put_together(params string[] fragments)
    {
        var stream = string.Concat(fragments.Select(each => Chunk("{\"tool_calls\":[" + each + "]}", null)))
            + Finish(0, "tool_calls") + Z;
        foreach (var service in Cut(Encoding.UTF8.GetBytes(stream)))
        {
            using var client = TestModel.Behind(service);
            var answer = await client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token).ToChatResponseAsync(Token);
            var call = answer.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Single();

            Assert.That((call.Name, FunctionCalls.ArgumentsOf(call)), Is.EqualTo(("f", "{\"a\":1}")));
        }
    }

    private const string Usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}\n\n";

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    private static IEnumerable<ScriptedService> Cut(byte[] bytes)
    {
        foreach (var size in (int[])[bytes.Length, 1, 7])
            yield return ScriptedService.Streaming(() => CutBody.EveryBytes(bytes, size));
    }

    private static string TextOf(string update) =>
        update.StartsWith("text '", Ordinal) ? update["text '".Length..update.LastIndexOf('\'')] : "";

    private static string Dense(string stream) => stream.Replace("\n\n", "\n", Ordinal);

    private static string Lines(params string[] lines) => string.Concat(lines.Select(line => $"data: {line}\n")) + "\n";

    private static string D(string text) => Choice(0, text);

    private static string Content(string json) => Chunk($"{{\"content\":{json}}}", null);

    private static string Choice(int index, string text) =>
        $$$"""data: {"choices":[{"index":{{{index}}},"delta":{"content":"{{{text}}}"}}]}""" + "\n\n";

    private static string Finish(int index, string reason = "stop") =>
        $$"""data: {"choices":[{"delta":{},"finish_reason":"{{reason}}","index":{{index}}}]}""" + "\n\n";

    private static string Chunk(string delta, string? finish) =>
        $"data: {{\"choices\":[{{\"delta\":{delta}{(finish is null ? "" : $",\"finish_reason\":\"{finish}\"")}}}]}}\n\n";

    private static TestCaseData Read(string name, string stream, string text, string? reasoning = null) =>
        new TestCaseData(stream, text, reasoning).SetArgDisplayNames(name);

    private static TestCaseData Fails(string name, string stream, string text, FailureCode code) =>
        new TestCaseData(stream, text, code).SetArgDisplayNames(name);
}
