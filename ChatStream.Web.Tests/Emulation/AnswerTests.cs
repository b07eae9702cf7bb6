using System.Net;
using System.Text.Json;
using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

internal sealed class AnswerTests : EmulatorTest
{
    private const string Safe = """{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}""";
    private const string SafePrompt = """[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"filtered":false,"detected":false},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}}]""";
    private const string Id = "\"created\":1767323045,\"id\":\"chatcmpl-00000000000000000000000000000\",\"model\":\"gpt-4o-2024-11-20\"";
    private const string Chunk = $"{Id},\"object\":\"chat.completion.chunk\",\"system_fingerprint\":\"fp_04751d0b65\"";
    private const string Usage = """{"completion_tokens":2,"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0,"reasoning_tokens":0,"rejected_prediction_tokens":0},"prompt_tokens":12,"prompt_tokens_details":{"audio_tokens":0,"cached_tokens":0},"total_tokens":14}""";

    [Test]
    public async Task An_answer_has_azures_wire_text()
    {
        var body = await BodyOfAsync(Script.Answer("Hel", "lö"));

        Assert.That(body, Is.EqualTo($$"""
            data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":{{SafePrompt}}}

            data: {"choices":[{"content_filter_results":{},"delta":{"content":"","refusal":null,"role":"assistant"},"finish_reason":null,"index":0,"logprobs":null}],{{Chunk}}}

            data: {"choices":[{"content_filter_results":{{Safe}},"delta":{"content":"Hel"},"finish_reason":null,"index":0,"logprobs":null}],{{Chunk}}}

            data: {"choices":[{"content_filter_results":{{Safe}},"delta":{"content":"lö"},"finish_reason":null,"index":0,"logprobs":null}],{{Chunk}}}

            data: {"choices":[{"content_filter_results":{},"delta":{},"finish_reason":"stop","index":0,"logprobs":null}],{{Chunk}}}

            data: [DONE]


            """));
    }

    [Test]
    public async Task An_answer_has_azures_headers()
    {
        using var response = await PostAsync(Asking("Hello"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Content.Headers.ContentType?.ToString(), Is.EqualTo("text/event-stream; charset=utf-8"));
        Assert.That(response.Headers.Contains("apim-request-id"));
        Assert.That(response.Headers.GetValues("x-ratelimit-remaining-tokens"), Is.EqualTo(new[] { "99000" }));
    }

    [Test]
    public async Task Usage_is_one_more_chunk_where_it_is_asked_for_and_null_in_the_others()
    {
        var events = Events(await BodyOfAsync(Script.Answer("Hel", "lo"), usage: true));

        Assert.That(events[^2], Is.EqualTo($$"""{"choices":[],{{Chunk}},"usage":{{Usage}}}"""));
        Assert.That(events[1..^2], Has.All.EndsWith(",\"usage\":null}"));
    }

    [Test]
    public async Task A_text_chunk_is_as_large_as_one_that_azures_default_filter_annotates()
    {
        var events = Events(await BodyOfAsync(Script.Start().Text("word")));

        Assert.That(events[^1], Has.Length.InRange(440, 520));
    }

    [Test]
    public async Task An_answer_that_is_not_to_stream_is_one_completion()
    {
        var body = await BodyOfAsync(Script.Answer("Hel", "lo"), stream: false);

        Assert.That(body, Is.EqualTo(
            $$$"""{"choices":[{"content_filter_results":{{{Safe}}},"finish_reason":"stop","index":0,"logprobs":null,"message":{"content":"Hello","refusal":null,"role":"assistant"}}],{{{Id}}},"object":"chat.completion","prompt_filter_results":{{{SafePrompt}}},"system_fingerprint":"fp_04751d0b65","usage":{{{Usage}}}}"""));
    }

    [Test]
    public async Task A_completion_joins_tool_calls_reasoning_and_halves_of_a_pair()
    {
        var script = Script.Start().Reasoning("be", "reasoning").Reasoning("cause", "reasoning")
            .ToolCall(0, "{\"a\"", "call_1", "add").ToolCall(0, ":1}").TextRawJson("\"\\ud83d\"").TextRawJson("\"\\ude00\"");

        using var json = JsonDocument.Parse(await BodyOfAsync(script, stream: false));

        var message = json.RootElement.GetProperty("choices")[0].GetProperty("message");
        Assert.That(message.GetProperty("reasoning").GetString(), Is.EqualTo("because"));
        Assert.That(message.GetProperty("content").GetString(), Is.EqualTo("😀"));
        Assert.That(message.GetProperty("tool_calls").GetRawText(), Is.EqualTo(
            """[{"function":{"arguments":"{\"a\":1}","name":"add"},"id":"call_1","type":"function"}]"""));
    }

    [Test]
    public async Task Every_other_kind_of_chunk_has_its_wire_text()
    {
        var script = Script.HeadersOnly().Reasoning("a").Reasoning("b", "reasoning").Refusal("No.")
            .ToolCall(1, "", "call_1", "add").ToolCall(1, "{\"x\":1}").Finish("content_filter").FilterOutage("u")
            .FilterOutage(field: "content_filter_result").Finish(null);

        var choices = Events(await BodyOfAsync(script)).Select(e => e[12..e.IndexOf("],\"created\"", StringComparison.Ordinal)]);

        const string end = "\"finish_reason\":null,\"index\":0,\"logprobs\":null}";
        const string outage = """{"error":{"code":"content_filter_error","message":"The contents are not filtered"}}""";
        Assert.That(choices, Is.EqualTo(new[]
        {
            """{"content_filter_results":{},"delta":{"content":null,"reasoning_content":"a"},""" + end,
            """{"content_filter_results":{},"delta":{"content":null,"reasoning":"b"},""" + end,
            """{"content_filter_results":{},"delta":{"refusal":"No."},""" + end,
            """{"content_filter_results":{},"delta":{"tool_calls":[{"index":1,"id":"call_1","type":"function","function":{"name":"add","arguments":""}}]},""" + end,
            """{"content_filter_results":{},"delta":{"tool_calls":[{"index":1,"function":{"arguments":"{\"x\":1}"}}]},""" + end,
            """{"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":true,"severity":"medium"}},"delta":{},"finish_reason":"content_filter","index":0,"logprobs":null}""",
            $$"""{"content_filter_results":{{outage}},"delta":{"content":"u"},""" + end,
            $$"""{"content_filter_result":{{outage}},"delta":{"content":""},""" + end,
            """{"content_filter_results":{},"delta":{},""" + end,
        }));
    }

    [Test]
    public async Task The_asynchronous_filters_annotation_is_a_choice_without_delta()
    {
        var events = Events(await BodyOfAsync(Script.HeadersOnly().FilterAnnotation(44, 44, 198).FilterAnnotation(198, 44, 198, violation: true)));

        Assert.That(events, Is.EqualTo(new[]
        {
            $$$"""{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":{{{Safe}}},"content_filter_raw":[],"content_filter_offsets":{"check_offset":44,"start_offset":44,"end_offset":198}}]}""",
            """{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":{"protected_material_text":{"detected":true,"filtered":true}},"content_filter_raw":[],"content_filter_offsets":{"check_offset":198,"start_offset":44,"end_offset":198}}]}""",
        }));
    }

    [Test]
    public async Task Only_what_json_demands_is_escaped_unless_the_script_says_otherwise()
    {
        const string text = "<a> \"ü\" 😀\n\\\u0001";

        var plain = await BodyOfAsync(Script.HeadersOnly().Text(text));
        var escaped = await BodyOfAsync(Script.HeadersOnly().Text(text).EscapeNonAscii());

        Assert.That(plain, Does.Contain("""{"content":"<a> \"ü\" 😀\n\\\u0001"}"""));
        Assert.That(escaped, Does.Contain("""{"content":"<a> \"\u00fc\" \ud83d\ude00\n\\\u0001"}"""));
    }

    [Test]
    public async Task A_pair_of_surrogates_can_be_split_over_two_chunks()
    {
        var events = Events(await BodyOfAsync(Script.HeadersOnly().TextRawJson("\"\\ud83d\"").TextRawJson("\"\\ude00\"")));

        Assert.That(events[0], Does.Contain("""{"content":"\ud83d"}"""));
        Assert.That(events[1], Does.Contain("""{"content":"\ude00"}"""));
    }

    [Test]
    public async Task By_default_the_last_user_message_is_echoed_word_by_word()
    {
        using var response = await PostAsync(Asking("one two"));

        var events = Events(await response.Content.ReadAsStringAsync(Token));
        Assert.That(events.Count(e => e.Contains("\"content\":\"one\"", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(events.Count(e => e.Contains("\"content\":\" two\"", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    private static List<string> Events(string body) =>
        [.. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(frame => frame["data: ".Length..])];
}
