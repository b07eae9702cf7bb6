using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

/// <summary>
/// Answers as they are on the wire. One test compares the exact text with its padding. The others check that a chunk is padded,
/// and compare the text without it.
/// </summary>
internal sealed partial class EmulatorAnswerTests : EmulatorTest
{
    private const string Hate = """
        "hate":{"filtered":false,"severity":"safe"}
        """;

    private const string Others = """
        "self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"}
        """;

    private const string Safe = $$$"""{{{{Hate}}},{{{Others}}},"violence":{"filtered":false,"severity":"safe"}}""";
    private const string Violent = $$$"""{{{{Hate}}},{{{Others}}},"violence":{"filtered":true,"severity":"medium"}}""";

    private const string Jailbreak = """
        "jailbreak":{"filtered":false,"detected":false}
        """;

    private const string SafePrompt =
        $$"""[{"prompt_index":0,"content_filter_results":{{{Hate}},{{Jailbreak}},{{Others}}"""
        + ""","violence":{"filtered":false,"severity":"safe"}}}]""";

    private const string Id = """
        "created":1767323045,"id":"chatcmpl-00000000000000000000000000000","model":"gpt-4o-2024-11-20"
        """;

    private const string Object = """
        "object":"chat.completion.chunk","system_fingerprint":"fp_04751d0b65"
        """;

    private const string Usage =
        """{"completion_tokens":2,"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0"""
        + ""","reasoning_tokens":0,"rejected_prediction_tokens":0},"prompt_tokens":12"""
        + ""","prompt_tokens_details":{"audio_tokens":0,"cached_tokens":0},"total_tokens":14}""";

    private const string End = """
        "finish_reason":null,"index":0,"logprobs":null}
        """;

    [Test]
    public async Task An_answer_has_azures_wire_text()
    {
        var body = await BodyOfAsync(Script.Answer("Hel", "lö"));

        const string safe = $"\"content_filter_results\":{Safe}";
        const string end = $"{End}],{Id}";
        const string role = """{"content":"","refusal":null,"role":"assistant"}""";
        const string stop = """
            "finish_reason":"stop","index":0,"logprobs":null}
            """;
        Assert.That(body, Is.EqualTo($$"""
            data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":{{SafePrompt}}}

            data: {"choices":[{"content_filter_results":{},"delta":{{role}},{{end}},"obfuscation":"yviMi4b8QSc",{{Object}}}

            data: {"choices":[{{{safe}},"delta":{"content":"Hel"},{{end}},"obfuscation":"d8B19pTy09",{{Object}}}

            data: {"choices":[{{{safe}},"delta":{"content":"lö"},{{end}},"obfuscation":"",{{Object}}}

            data: {"choices":[{"content_filter_results":{},"delta":{},{{stop}}],{{Id}},"obfuscation":"g5qhFLcS9nv",{{Object}}}

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
    public async Task If_asked_for_usage_is_one_more_chunk_and_null_in_the_others()
    {
        var events = Events(await BodyOfAsync(Script.Answer("Hel", "lo"), usage: true));

        Assert.That(Unpadded(events[^2]), Is.EqualTo($$"""{"choices":[],{{Id}},{{Object}},"usage":{{Usage}}}"""));
        Assert.That(events[1..^2], Has.All.EndsWith(",\"usage\":null}"));
    }

    [Test]
    public async Task The_padding_of_a_chunk_has_up_to_15_random_letters_and_digits()
    {
        var script = Script.HeadersOnly().Role().Texts(Enumerable.Repeat("a", 100)).Finish("stop").Usage(1, 100);

        var paddings = Events(await BodyOfAsync(script, usage: true)).ConvertAll(PaddingOf);

        Assert.That(paddings, Has.Count.EqualTo(103).And.All.Match("^[A-Za-z0-9]{0,15}$"));
        Assert.That(paddings.Select(padding => padding.Length).Distinct().Count(), Is.GreaterThan(10));
        Assert.That(paddings.Distinct().Count(), Is.GreaterThan(80));
    }

    [Test]
    public async Task The_padding_depends_only_on_the_number_of_the_request()
    {
        var (first, second) = (await BodyOfAsync(Script.Answer("a")), await BodyOfAsync(Script.Answer("a")));
        await StopAsync();
        await StartAsync();

        Assert.That(await BodyOfAsync(Script.Answer("a")), Is.EqualTo(first));
        Assert.That(PaddingOf(Events(second)[1]), Is.Not.EqualTo(PaddingOf(Events(first)[1])));
    }

    [Test]
    public async Task A_script_can_leave_the_padding_out()
    {
        var events = Events(await BodyOfAsync(Script.Answer("a").NoObfuscation()));

        Assert.That(events[1..^1], Has.Count.EqualTo(3).And.All.EndsWith($"{Id},{Object}}}"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_request_can_decline_the_padding(bool include)
    {
        using var response = await PostAsync(new
        {
            messages = new[] { new { role = "user", content = "Hello" } },
            stream = true,
            stream_options = new { include_obfuscation = include },
        });

        var events = Events(await response.Content.ReadAsStringAsync(Token));
        Assert.That(events[1..^1], include ? Has.All.Contains("obfuscation") : Has.None.Contains("obfuscation"));
    }

    [Test]
    public async Task A_text_chunk_has_the_size_of_azures()
    {
        var events = Events(await BodyOfAsync(Script.Start().Text("word")));

        Assert.That(Unpadded(events[^1]), Has.Length.InRange(440, 520));
    }

    [Test]
    public async Task Without_a_stream_an_answer_is_one_completion()
    {
        var body = await BodyOfAsync(Script.Answer("Hel", "lo"), stream: false);

        const string message = """{"content":"Hello","refusal":null,"role":"assistant"}""";
        Assert.That(body, Is.EqualTo(
            $$"""{"choices":[{"content_filter_results":{{Safe}},"finish_reason":"stop","index":0,"logprobs":null"""
            + $$""","message":{{message}}}],{{Id}},"object":"chat.completion","prompt_filter_results":{{SafePrompt}}"""
            + $$""","system_fingerprint":"fp_04751d0b65","usage":{{Usage}}}"""));
    }

    [Test]
    public async Task A_completion_joins_tool_calls_reasoning_and_surrogates()
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

        var events = Events(await BodyOfAsync(script)).ConvertAll(Unpadded);

        const string outage = """{"error":{"code":"content_filter_error","message":"The contents are not filtered"}}""";
        const string call = """
            {"index":1,"id":"call_1","type":"function","function":{"name":"add","arguments":""}}
            """;
        Assert.That(events, Has.All.StartsWith("{\"choices\":[").And.All.EndsWith($"],{Id},{Object}}}"));
        Assert.That(events.Select(e => e[12..e.IndexOf("],\"created\"", StringComparison.Ordinal)]), Is.EqualTo(new[]
        {
            """{"content_filter_results":{},"delta":{"content":null,"reasoning_content":"a"},""" + End,
            """{"content_filter_results":{},"delta":{"content":null,"reasoning":"b"},""" + End,
            """{"content_filter_results":{},"delta":{"refusal":"No."},""" + End,
            $$$"""{"content_filter_results":{},"delta":{"tool_calls":[{{{call}}}]},""" + End,
            """{"content_filter_results":{},"delta":{"tool_calls":[{"index":1,"function":{"arguments":"{\"x\":1}"}}]},""" + End,
            $$"""{"content_filter_results":{{Violent}},"delta":{},"finish_reason":"content_filter","index":0,"logprobs":null}""",
            $$"""{"content_filter_results":{{outage}},"delta":{"content":"u"},""" + End,
            $$"""{"content_filter_result":{{outage}},"delta":{"content":""},""" + End,
            """{"content_filter_results":{},"delta":{},""" + End,
        }));
    }

    [Test]
    public async Task The_asynchronous_filters_annotation_is_a_choice_without_delta()
    {
        var events = Events(await BodyOfAsync(
            Script.HeadersOnly().FilterAnnotation(44, 44, 198).FilterAnnotation(198, 44, 198, violation: true)));

        const string start = """
            {"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":
            """;
        const string offsets = ""","content_filter_raw":[],"content_filter_offsets":""";
        Assert.That(events, Is.EqualTo(new[]
        {
            start + Safe + offsets + """{"check_offset":44,"start_offset":44,"end_offset":198}}]}""",
            start + """{"protected_material_text":{"detected":true,"filtered":true}}""" + offsets
                + """{"check_offset":198,"start_offset":44,"end_offset":198}}]}""",
        }));
    }

    [Test]
    public async Task Only_required_characters_are_escaped_unless_the_script_says_otherwise()
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

    private static string PaddingOf(string chunk)
    {
        Assert.That(Padding().Count(chunk), Is.EqualTo(1), chunk);
        return Padding().Match(chunk).Groups[1].Value;
    }

    private static string Unpadded(string chunk)
    {
        Assert.That(Padding().Count(chunk), Is.EqualTo(1), chunk);
        return Padding().Replace(chunk, "");
    }

    [GeneratedRegex("\"obfuscation\":\"([^\"]*)\",")]
    private static partial Regex Padding();
}
