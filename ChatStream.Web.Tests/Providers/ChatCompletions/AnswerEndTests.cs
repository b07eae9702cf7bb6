using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static ChatStream.Web.Tests.Providers.ChatCompletions.AzureStream;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>The ways in which a streamed answer ends.</summary>
[CancelAfter(20_000)]
internal sealed class AnswerEndTests
{
    private const string Hel = "text 'Hel', id c-1, model gpt-4o";
    private const string Stop = "finish stop, id c-1, model gpt-4o";
    private const string NoFinishReason = "The model's answer ended without a finish reason.";
    private const string TooLarge = "The model service sent an event larger than 1 MB.";
    private const string ReportedError = "The model service reported an error while it answered.";
    private const string RateLimit = "The model's rate limit has been reached.";
    private const string TooLong = "The conversation is longer than the model can read.";

    [Test]
    public Task An_answer_ends_with_its_finish_reason_and_done() => EndsWellAsync(Data("Hel") + Finish() + Done, Hel, Stop);

    [Test]
    public Task Done_may_be_missing() => EndsWellAsync(Data("Hel") + Finish(), Hel, Stop);

    [TestCase("[DONE] ")]
    [TestCase(" [DONE]\t")]
    [TestCase("[done]")]
    public Task Done_may_have_blanks_around_it(string done) =>
        EndsWellAsync(Data("Hel") + Finish() + $"data: {done}\n\n", Hel, Stop);

    [TestCase("\"\"")]
    [TestCase("\" \"")]
    [TestCase("\"\\n\\t\"")]
    [TestCase("\"\\u00a0\"")]
    [TestCase("null")]
    [TestCase("\"null\"")]
    [TestCase("\"None\"")]
    [TestCase("\"not_finished\"")]
    [TestCase("0")]
    public Task A_blank_finish_reason_is_none(string reason) => EndsWellAsync(
        $"data: {Chunk("""{"content":"Hel"}""", finish: reason)}\n\n" + $"data: {Chunk("{}", finish: reason)}\n\n"
        + Finish(" stop ") + Done,
        Hel, "id c-1, model gpt-4o", Stop);

    [Test]
    public Task An_answer_with_blank_finish_reasons_only_has_none() => FailsAsync(
        Data("Hel") + Finish("") + Finish(" ") + Done,
        FailureCode.MalformedResponse, NoFinishReason, Hel, "id c-1, model gpt-4o", "id c-1, model gpt-4o");

    [Test]
    public Task Done_may_lack_its_blank_line() => EndsWellAsync(Data("Hel") + Finish() + "data: [DONE]", Hel, Stop);

    [Test]
    public Task What_follows_done_is_not_read() => EndsWellAsync(Data("Hel") + Finish() + Done + Data("lo"), Hel, Stop);

    [TestCase("data: {\"choices\":[{\"delta\":{\"content\":\"lo")]
    [TestCase("data: {\"choices\":[{\"delta\":{\"content\" : \"l\"}\n\n")]
    [TestCase("data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"l\"},}]}\n\n")]
    public Task Broken_text_after_the_finish_reason_shows_that_it_was_not_the_end(string rest) => FailsAsync(
        Data("Hel") + Finish() + rest, FailureCode.ModelUnavailable, "The model service broke off the answer.", Hel, Stop);

    [Test]
    public async Task Broken_text_after_a_reason_that_is_doubted_shows_it_too()
    {
        const string Rest = "data: {\"choices\":[{\"delta\":{\"content\":\"lo";
        const string BrokenOff = "The model service broke off the answer.";
        await FailsAsync(Data("Hel") + Finish("sunset") + Rest, FailureCode.ModelUnavailable, BrokenOff,
            Hel, "finish sunset, id c-1, model gpt-4o");
        await FailsAsync($"data: {Chunk("""{"reasoning":"Hm."}""")}\n\n" + Finish() + Rest,
            FailureCode.ModelUnavailable, BrokenOff, "reasoning 'Hm.', id c-1, model gpt-4o", Stop);
    }

    [TestCase("data: {\"choices\":[],\"usage\":{\"prompt_tok")]
    [TestCase("data: {\"choices\":[{\"delta\":{\"content\":\"\"},")]
    [TestCase("data: {\"content\n\n")]
    [TestCase("data: content\":\"x\n\n")]
    public Task Anything_else_that_is_broken_after_the_finish_reason_costs_nothing(string rest) =>
        EndsWellAsync(Data("Hel") + Finish() + rest, Hel, Stop);

    [Test]
    public Task An_unknown_finish_reason_is_passed_on() =>
        EndsWellAsync(Finish("function_call_v2") + Done, "finish function_call_v2, id c-1, model gpt-4o");

    [TestCase("stop")]
    [TestCase("end_turn")]
    public Task An_answer_that_has_nothing_but_reasoning_may_end(string reason) => EndsWellAsync(
        $"data: {Chunk("""{"reasoning":"Hm."}""")}\n\n" + Finish(reason),
        "reasoning 'Hm.', id c-1, model gpt-4o", Stop);

    [Test]
    public Task An_answer_that_is_cut_while_it_thinks_says_so_with_its_last_thought() => EndsWellAsync(
        $"data: {Chunk("""{"reasoning":"Hm."}""", finish: "\"length\"")}\n\n",
        "reasoning 'Hm.', finish length, id c-1, model gpt-4o");

    [Test]
    public async Task Done_ends_the_answer_although_the_connection_stays_open()
    {
        await using var body = new FedBody();
        using var client = TestModel.Behind(ScriptedService.Streaming(body));
        body.Feed(Data("Hel") + Finish() + Done);

        Assert.That(await client.UpdatesAsync(), Is.EqualTo(new[] { Hel, Stop }));
        Assert.That(body.WasDisposed, Is.True, "the connection is returned or closed");
    }

    [Test]
    public async Task A_connection_that_breaks_after_the_finish_reason_is_no_failure()
    {
        await using var body = new FedBody();
        using var client = TestModel.Behind(ScriptedService.Streaming(body));
        body.Feed(Data("Hel") + Finish());
        body.Break(new IOException("reset by secret peer"));

        Assert.That(await client.UpdatesAsync(), Is.EqualTo(new[] { Hel, Stop }));
    }

    [TestCase("")]
    [TestCase(Done)]
    [TestCase(": comment\n\n")]
    public Task An_end_without_a_finish_reason_is_a_failure(string end) =>
        FailsAsync(Data("Hel") + end, FailureCode.MalformedResponse, NoFinishReason, Hel);

    [Test]
    public Task An_empty_answer_is_a_failure() =>
        FailsAsync("", FailureCode.MalformedResponse, NoFinishReason);

    [Test]
    public Task Half_an_event_at_the_end_does_not_count() =>
        FailsAsync(Data("Hel") + Finish()[..^5], FailureCode.MalformedResponse, NoFinishReason, Hel);

    [TestCase("""{"choices":[{"delta":{"content":"br""")]
    [TestCase("secret words")]
    [TestCase("{} secret")]
    [TestCase("{}[]")]
    [TestCase("""{"choices":[{"delta":{"\ud800":"half a pair as a name"}}]}""")]
    [TestCase("""{"choices":[{"content_filter_results":{"\ud800":{"filtered":true}}}]}""")]
    public Task Data_that_is_not_JSON_is_a_failure(string data) => FailsAsync(
        $"{Data("Hel")}data: {data}\n\n",
        FailureCode.MalformedResponse, "The model service sent something that is not JSON.", Hel);

    [TestCase("null")]
    [TestCase("3")]
    [TestCase("[]")]
    [TestCase("\"text\"")]
    [TestCase("""{"choices":null}""")]
    [TestCase("""{"choices":{"delta":{"content":"no"}}}""")]
    [TestCase("""{"choices":["no",null,[{"delta":{"content":"no"}}]]}""")]
    [TestCase("""{"choices":[{"delta":"no"}]}""")]
    [TestCase("""{"choices":[{"delta":{"content":{"a":"no"},"role":3,"reasoning":{}},"finish_reason":{"a":1}}],"""
        + "\"usage\":\"no\",\"id\":[1],\"error\":null}")]
    [TestCase("""{"choices":[{"content_filter_results":[{"filtered":true}]}],"prompt_filter_results":{"filtered":true}}""")]
    public Task A_value_of_an_unexpected_kind_counts_as_absent(string data) =>
        EndsWellAsync($"{Data("Hel")}data: {data}\n\n{Finish()}{Done}", Hel, "-", Stop);

    [Test]
    public Task Half_a_surrogate_pair_that_stays_alone_is_replaced() =>
        EndsWellAsync(Data("a\\ud83d") + Data("b") + Data("\\ude00") + Data("c\\ud83d") + Finish() + Done,
            "text 'a\ufffdb\ufffdc', id c-1, model gpt-4o", Stop, "text '\ufffd'");

    [TestCase("""{"error":{"message":"secret words","type":"server_error","param":null,"code":null}}""",
        FailureCode.ModelUnavailable, ReportedError)]
    [TestCase("""{"error":"secret words"}""", FailureCode.ModelUnavailable, ReportedError)]
    [TestCase("""{"error":{"code":429,"message":"secret words"}}""", FailureCode.RateLimited, RateLimit)]
    [TestCase("""{"error":{"code":"rate_limit_exceeded"}}""", FailureCode.RateLimited, RateLimit)]
    [TestCase("""{"error":{"code":null,"type":"context_length_exceeded"}}""",
        FailureCode.ContextLengthExceeded, "The conversation is longer than the model can read.")]
    [TestCase("""{"error":{"code":"content_filter","innererror":{"content_filter_result":{"hate":{"filtered":true}}}}}""",
        FailureCode.ContentFilter, "The answer was stopped by the content filter: hate.")]
    [TestCase("""{"error":{"code":400,"type":"exceed_context_size_error","message":"secret words"}}""",
        FailureCode.ContextLengthExceeded, TooLong)]
    [TestCase("""{"error":"the request exceeds the available context size"}""", FailureCode.ContextLengthExceeded, TooLong)]
    [TestCase("""{"object":"error","message":"secret words","code":"context_length_exceeded"}""",
        FailureCode.ContextLengthExceeded, TooLong)]
    [TestCase("""{"object":"error","message":"secret words"}""", FailureCode.ModelUnavailable, ReportedError)]
    [TestCase("""{"message":"secret words","type":"rate_limit_exceeded"}""", FailureCode.RateLimited, RateLimit)]
    public Task An_error_in_the_stream_is_a_failure(string data, FailureCode code, string message) =>
        FailsAsync($"{Data("Hel")}data: {data}\n\n{Done}", code, message, Hel);

    [TestCase("""{"error":{"message":"secret words","code":"server_error"}}""")]
    [TestCase("""{"choices":[{"delta":{},"finish_reason":"error"}]}""")]
    public async Task Of_an_error_in_the_stream_the_log_has_what_support_asks_for(string data)
    {
        using var log = new LogCapture();
        using var client = TestModel.Behind(
            ScriptedService.Answering(200, "text/event-stream", $"data: {data}\n\n", ("apim-request-id", "r-7")), log: log);

        await client.FailureAsync();

        Assert.That(log.Lines.Select(line => line.Text), Is.EqualTo(new[]
        {
            "The model service ended an answer with an error (apim-request-id r-7).",
        }));
    }

    [Test]
    public Task A_filters_error_before_any_text_is_the_prompts() => FailsAsync(
        """data: {"error":{"code":"content_filter","innererror":{"content_filter_result":{"hate":{"filtered":true}}}}}""" + "\n\n",
        FailureCode.ContentFilter, "The prompt was stopped by the content filter: hate.");

    [TestCase("""{"type":"ping"}""")]
    [TestCase("""{"object":"chat.completion.chunk","code":null,"message":"hello"}""")]
    [TestCase("""{"choices":[],"type":"notice","message":"secret words"}""")]
    public Task An_event_that_is_not_an_error_is_none(string data) =>
        EndsWellAsync($"{Data("Hel")}data: {data}\n\n{Finish()}{Done}", Hel, "-", Stop);

    [Test]
    public async Task A_connection_that_breaks_during_the_answer_is_a_failure()
    {
        await using var body = new FedBody();
        using var client = TestModel.Behind(ScriptedService.Streaming(body));
        body.Feed(Data("Hel"));
        body.Break(new IOException("reset by secret peer"));
        var (updates, failure) = await client.FailureAsync();

        Assert.That(updates, Is.EqualTo(new[] { Hel }));
        Assert.That(
            (failure.Code, failure.Message),
            Is.EqualTo((FailureCode.ModelUnavailable, "The connection to the model service broke.")));
        Assert.That(body.WasDisposed, Is.True);
    }

    [Test]
    public async Task An_event_of_almost_a_megabyte_is_read()
    {
        var text = new string('x', (1024 * 1024) - Data("").Length);
        var updates = await TestModel.Behind(ScriptedService.Streaming(Data(text) + Data(text) + Finish() + Done)).UpdatesAsync();

        Assert.That(updates, Is.EqualTo(new[] { $"text '{text}{text}', id c-1, model gpt-4o", Stop }));
    }

    [TestCase("\n", 1024)]
    [TestCase("\r\n", 1)]
    public async Task A_larger_event_is_a_failure(string lineEnd, int bytesPerRead)
    {
        var stream = Data("Hel") + Data(new string('x', 1024 * 1024)) + Finish() + Done;
        var body = CutBody.EveryBytes(Encoding.ASCII.GetBytes(stream.ReplaceLineEndings(lineEnd)), bytesPerRead);
        var (updates, failure) = await TestModel.Behind(ScriptedService.Streaming(body)).FailureAsync();

        Assert.That(updates, Is.EqualTo(new[] { Hel }));
        Assert.That((failure.Code, failure.Message), Is.EqualTo((FailureCode.MalformedResponse, TooLarge)));
    }

    [Test]
    public Task An_event_of_many_lines_is_one_event() => FailsAsync(
        string.Concat(Enumerable.Repeat($"data: {new string(' ', 1000)}\n", 1100)), FailureCode.MalformedResponse, TooLarge);

    [Test]
    public async Task A_page_is_a_failure_before_it_has_come_whole()
    {
        await using var body = new FedBody();
        body.Feed("<html>secret");
        var (updates, failure) =
            await TestModel.Behind(ScriptedService.Answering(200, "text/html; charset=utf-8", body)).FailureAsync();

        Assert.That(updates, Is.Empty);
        Assert.That(
            (failure.Code, failure.Message),
            Is.EqualTo((FailureCode.MalformedResponse, "The model service answered with a page.")));
        Assert.That(body.WasDisposed, Is.True);
    }

    [Test]
    public async Task The_content_type_may_have_parameters()
    {
        using var client = TestModel.Behind(ScriptedService.Answering(200, "text/event-stream; charset=utf-8", Finish() + Done));

        Assert.That(await client.UpdatesAsync(), Is.EqualTo(new[] { Stop }));
    }

    private static async Task EndsWellAsync(string stream, params string[] updates) =>
        Assert.That(await TestModel.Behind(ScriptedService.Streaming(stream)).UpdatesAsync(), Is.EqualTo(updates));

    private static async Task FailsAsync(string stream, FailureCode code, string message, params string[] updates)
    {
        var (received, failure) = await TestModel.Behind(ScriptedService.Streaming(stream)).FailureAsync();

        Assert.That((failure.Code, failure.Message), Is.EqualTo((code, message)));
        Assert.That(received, Is.EqualTo(updates));
    }
}
