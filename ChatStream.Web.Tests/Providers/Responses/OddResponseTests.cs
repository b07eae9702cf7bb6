using System.Globalization;
using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Responses;

/// <summary>
/// Responses that are odd and leave no doubt about what they mean, and odd ones that are not complete. Each is read with numbers
/// and without, whole and byte by byte.
/// </summary>
[CancelAfter(60_000)]
internal sealed class OddResponseTests
{
    private const string Created = """{"type":"response.created","response":{"id":"r","status":"in_progress","output":[]}}""";
    private const string Message = """{"type":"response.output_item.added","item":{"id":"m","type":"message","content":[]}}""";
    private const string Part = """{"type":"response.content_part.added","part":{"type":"output_text","text":""}}""";
    private const string Completed = """{"type":"response.completed","response":{"id":"r","status":"completed","output":[]}}""";

    private static IEnumerable<TestCaseData> Understood() =>
    [
        Read("an answer",
            [Created, Message, Part, Delta("Hel"), Delta("lo"), Done("Hello"), PartDone("Hello"), ItemDone("Hello"), Completed],
            "Hello"),
        Read("text only at the end of its part", [Created, Message, Part, Done("Hello"), Completed], "Hello"),
        Read("text only in the ended part", [Created, Message, Part, PartDone("Hello"), Completed], "Hello"),
        Read("text only in the ended message", [Created, Message, ItemDone("Hello"), Completed], "Hello"),
        Read("text in every end",
            [Created, Message, Part, Done("Hello"), PartDone("Hello"), ItemDone("Hello"), Whole("Hello")], "Hello"),
        Read("text only in the last event", [Created, Whole("Hello")], "Hello"),
        Read("text only in the last event, and no other", [Whole("Hello")], "Hello"),
        Read("two messages, of which only the ends come",
            [Created, Message, Part, Done("A"), ItemDone("A"), Message, Part, Done("B"), ItemDone("B"), Completed], "A\n\nB"),
        Read("two messages, of which one is streamed",
            [Created, Message, Part, Delta("A"), Done("A"), ItemDone("A"), Message, Part, PartDone("B"), ItemDone("B"),
                Completed], "A\n\nB"),
        Read("two parts of a message, of which only the ends come",
            [Created, Message, Part, Done("A"), PartDone("A"), Part, Done("B"), PartDone("B"), ItemDone("A", "B"),
                Completed], "AB"),
        Read("two parts of a message, of which one is streamed",
            [Created, Message, Part, Delta("A"), Done("A"), Part, Done("B"), ItemDone("A", "B"), Completed], "AB"),
        Read("the end of a piece that was lost",
            [Created, Message, Part, Delta("Hel"), Done("Hello"), ItemDone("Hello"), Completed], "Hello"),
        Read("an end that says something else",
            [Created, Message, Part, Delta("Hello"), Done("no"), ItemDone("no"), Completed], "Hello"),
        Read("half a surrogate pair before the end of its part",
            [Created, Message, Part, Delta("a\\ud83d"), Done("a😀b"), ItemDone("a😀b"), Completed], "a😀b"),
        Read("a refusal in pieces", [Created, Message, """{"type":"response.refusal.delta","delta":"N"}""",
            """{"type":"response.refusal.delta","delta":"o."}""",
            """{"type":"response.refusal.done","refusal":"No."}""", Completed], "No."),
        Read("a refusal only at its end",
            [Created, Message, """{"type":"response.refusal.done","refusal":"No."}""", Completed], "No."),
        Read("a refusal only in its message",
            [Created, Message, """{"type":"response.output_item.done","item":{"type":"message","content":"""
            + """[{"type":"refusal","refusal":"No."}]}}""", Completed], "No."),
        Read("a refusal only in the last event",
            [Created, """{"type":"response.completed","response":{"status":"completed","output":["""
            + """{"type":"message","content":[{"type":"refusal","refusal":"No."}]}]}}"""], "No."),
        Read("notes in the text", [Created, Message, Delta("A"),
            """{"type":"response.output_text.annotation.added","annotation":{"type":"url_citation","title":"no","text":"no"}}""",
            Delta("B"), """{"type":"response.output_text.done","text":"AB","annotations":[{"text":"no"}],"logprobs":[]}""",
            Completed], "AB"),
        Read("events that are not known",
            [Created, """{"type":"response.new.delta","delta":"no","text":"no"}""", Message, Delta("A"),
            """{"type":"response.web_search_call.searching","item_id":"w"}""", """{"type":"keepalive"}""",
            """{"type":"ping","delta":"no"}""",
            """{"type":"response.image_generation_call.partial_image","partial_image_b64":"no"}""", Delta("B"), Completed], "AB"),
        Read("items of tools of the service", [Created,
            """{"type":"response.output_item.added","item":{"type":"web_search_call","status":"in_progress"}}""",
            """{"type":"response.output_item.done","item":{"type":"web_search_call","action":{"query":"no","text":"no"}}}""",
            Message, Delta("A"), Completed], "A"),
        Read("reasoning that is only in its item",
            [Created, Delta("A"), """{"type":"response.completed","response":{"status":"completed","""
            + """ "output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}]}]}}"""], "A", "Hm."),
        Read("reasoning by its older name",
            [Created, """{"type":"response.reasoning_summary.delta","delta":{"text":"H"}}""",
            """{"type":"response.reasoning.delta","delta":"m."}""", """{"type":"response.reasoning_summary.done","text":"Hm."}""",
            Message, Delta("A"), Completed], "A", "Hm."),
        Read("reasoning only at its end",
            [Created, """{"type":"response.reasoning_text.done","text":"Hm."}""", Message, Delta("A"), Completed],
            "A", "Hm."),
        Read("the type behind the rest", [Created, Message, """{"delta":"A","type":"response.output_text.delta"}""",
            """{"response":{"output":[],"status":"completed"},"type":"response.completed"}"""], "A"),
        Read("no status at the end", [Created, Delta("A"), """{"type":"response.completed","response":{}}"""], "A"),
        Read("no response at the end", [Created, Delta("A"), """{"type":"response.completed"}"""], "A"),
        Read("a status at the end that is none",
            [Created, Delta("A"), """{"type":"response.completed","response":{"status":"in_progress"}}"""],
            "A"),
        Read("errors that say nothing",
            [Created.Replace("{\"id\"", "{\"error\":{\"code\":\"\",\"message\":\"\"},\"id\"", Ordinal), Delta("A"),
            Completed.Replace("{\"id\"", "{\"error\":{\"code\":0,\"message\":\"ok\"},\"id\"", Ordinal)], "A"),
        Read("delta as a part",
            [Created, """{"type":"response.output_text.delta","delta":{"type":"output_text","text":"A"}}""", Completed], "A"),
        Read("delta that is null or empty",
            [Created, """{"type":"response.output_text.delta","delta":null}""", Delta(""), Delta("A"), Completed], "A"),
        Read("two events in one line", [Created, Delta("A") + Delta("B"), Completed], "AB", isNumbered: false),
    ];

    [TestCaseSource(nameof(Understood))]
    public async Task It_is_understood(string[] events, string text, string? reasoning, bool isNumbered)
    {
        foreach (var stream in Streams(events, isNumbered))
        {
            foreach (var service in Cut(stream))
            {
                using var client = TestModel.Behind(service, ResponsesStream.Deployment);
                var answer = await client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token)
                    .ToChatResponseAsync(Token);
                var thought = string.Concat(answer.Messages.SelectMany(message => message.Contents.OfType<TextReasoningContent>())
                    .Select(content => content.Text));

                Assert.That(
                    (answer.Text, thought, answer.FinishReason),
                    Is.EqualTo((text, reasoning ?? "", ChatFinishReason.Stop)), stream);
            }
        }
    }

    [TestCase("max_output_tokens", "length")]
    [TestCase("MAX_OUTPUT_TOKENS", "length")]
    [TestCase("max_tokens", "length")]
    [TestCase("max_prompt_tokens", "length")]
    [TestCase("something_new", "length")]
    [TestCase("content_filter", "content_filter")]
    [TestCase("ContentFilter", "content_filter")]
    [TestCase("safety", "content_filter")]
    public async Task A_reason_for_being_incomplete(string reason, string finish)
    {
        string[] events =
        [
            Created, Delta("A"),
            """{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"@"}}}"""
                .Replace("@", reason, Ordinal),
        ];
        using var client = TestModel.Behind(
            ScriptedService.Streaming(Streams(events, isNumbered: true).First()), ResponsesStream.Deployment);
        var answer = await client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token).ToChatResponseAsync(Token);

        Assert.That((answer.Text, answer.FinishReason), Is.EqualTo(("A", new ChatFinishReason(finish))));
    }

    private static IEnumerable<TestCaseData> NotComplete()
    {
        yield return Fails("no last event",
            [Created, Message, Part, Delta("A"), Done("A"), ItemDone("A")], FailureCode.MalformedResponse);
        yield return Fails("the end of streams, and no last event",
            [Created, Delta("A"), "[DONE]"], FailureCode.MalformedResponse);
        yield return Fails("a last event that is cut", [Created, Delta("A"), Completed[..^9]], FailureCode.MalformedResponse);
        yield return Fails("incomplete, because the service timed out", [Created, Delta("A"),
            """{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"timeout"}}}"""],
            FailureCode.ModelUnavailable);
        yield return Fails("incomplete, because of an error", [Created, Delta("A"),
            """{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":"""
                + """{"reason":"server_error"}}}"""],
            FailureCode.ModelUnavailable);
        yield return Fails("completed, and failed",
            [Created, Delta("A"), """{"type":"response.completed","response":{"status":"failed"}}"""],
            FailureCode.ModelUnavailable);
        yield return Fails("cancelled",
            [Created, Delta("A"), """{"type":"response.cancelled","response":{"status":"cancelled"}}"""],
            FailureCode.ModelUnavailable);
        (string Code, FailureCode Failure)[] codes =
        [
            ("server_error", FailureCode.ModelUnavailable), ("rate_limit_exceeded", FailureCode.RateLimited),
            ("insufficient_quota", FailureCode.QuotaExhausted), ("invalid_prompt", FailureCode.ModelRejected),
            ("invalid_image_url", FailureCode.ModelRejected), ("image_too_large", FailureCode.ModelRejected),
            ("empty_image_file", FailureCode.ModelRejected), ("failed_to_download_image", FailureCode.ModelRejected),
            ("vector_store_timeout", FailureCode.ModelTimeout), ("image_content_policy_violation", FailureCode.ContentFilter),
            ("context_length_exceeded", FailureCode.ContextLengthExceeded), ("something_new", FailureCode.ModelUnavailable),
            ("", FailureCode.ModelUnavailable),
        ];
        foreach (var (code, failure) in codes)
        {
            var error = $"{{\"code\":\"{code}\",\"message\":\"secret\"}}";
            yield return Fails($"failed, {code}", [Created, Delta("A"),
                $"{{\"type\":\"response.failed\",\"response\":{{\"status\":\"failed\",\"error\":{error}}}}}"], failure);
            yield return Fails($"failed without a status, {code}", [Created, Delta("A"),
                $"{{\"type\":\"response.failed\",\"response\":{{\"error\":{error}}}}}"], failure);
            yield return Fails($"an error, {code}", [Created, Delta("A"),
                $"{{\"type\":\"error\",\"code\":\"{code}\",\"message\":\"secret\"}}"],
                failure);
            yield return Fails($"an error in an error, {code}", [Created, Delta("A"),
                $"{{\"type\":\"response.error\",\"error\":{error}}}"],
                failure);
        }
    }

    [TestCaseSource(nameof(NotComplete))]
    public async Task It_is_not_complete(string[] events, FailureCode code)
    {
        foreach (var stream in Streams(events, isNumbered: true))
        {
            foreach (var service in Cut(stream))
            {
                var (updates, failure) = await TestModel.Behind(service, ResponsesStream.Deployment).FailureAsync();

                Assert.That(failure.Code, Is.EqualTo(code), stream);
                Assert.That(string.Concat(updates), Does.Contain("text 'A'"), "the text is kept");
            }
        }
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    // As the service names them, without names, in CRLF, and with numbers.
    private static IEnumerable<string> Streams(string[] events, bool isNumbered)
    {
        yield return string.Concat(events.Select(data => $"data: {data}\n\n"));
        yield return string.Concat(events.Select(data => $"event: {NameOf(data)}\r\ndata: {data}\r\n\r\n"));
        if (!isNumbered)
            yield break;
        foreach (var first in (int[])[0, 1])
        {
            yield return string.Concat(events.Select((data, n) => data[0] != '{' ? $"data: {data}\n\n"
                : string.Create(CultureInfo.InvariantCulture, $"data: {{\"sequence_number\":{n + first},{data[1..]}\n\n")));
        }
    }

    private static string NameOf(string data)
    {
        var at = data.IndexOf("\"type\":\"", Ordinal) + 8;
        return at < 8 || !data.StartsWith("{\"type", Ordinal) ? "message" : data[at..data.IndexOf('"', at)];
    }

    private static IEnumerable<ScriptedService> Cut(string stream)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        foreach (var size in (int[])[bytes.Length, 1])
            yield return ScriptedService.Streaming(() => CutBody.EveryBytes(bytes, size));
    }

    private static string Delta(string json) =>
        $"{{\"type\":\"response.output_text.delta\",\"item_id\":\"m\",\"delta\":\"{json}\"}}";

    private static string Done(string text) =>
        $"{{\"type\":\"response.output_text.done\",\"item_id\":\"m\",\"text\":\"{text}\"}}";

    private static string PartDone(string text) =>
        $"{{\"type\":\"response.content_part.done\",\"part\":{{\"type\":\"output_text\",\"text\":\"{text}\"}}}}";

    private static string ItemDone(params string[] texts) =>
        "{\"type\":\"response.output_item.done\",\"item\":" + Item(texts) + "}";

    private static string Whole(string text) =>
        "{\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[" + Item(text) + "]}}";

    private static string Item(params string[] texts) => "{\"type\":\"message\",\"status\":\"completed\",\"content\":["
        + string.Join(',', texts.Select(text => $"{{\"type\":\"output_text\",\"text\":\"{text}\"}}")) + "]}";

    private static TestCaseData Read(
        string name, string[] events, string text, string? reasoning = null, bool isNumbered = true) =>
        new TestCaseData(events, text, reasoning, isNumbered).SetArgDisplayNames(name);

    private static TestCaseData Fails(string name, string[] events, FailureCode code) =>
        new TestCaseData(events, code).SetArgDisplayNames(name);
}
