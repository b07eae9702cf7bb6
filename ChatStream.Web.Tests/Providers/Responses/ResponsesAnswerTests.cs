using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers.Deployments;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using Microsoft.Extensions.AI;
using NUnit.Framework;
using static ChatStream.Web.Tests.Providers.Responses.ResponsesStream;

namespace ChatStream.Web.Tests.Providers.Responses;

/// <summary>The events of a streamed response become the updates that chat completions give too.</summary>
[CancelAfter(20_000)]
internal sealed class ResponsesAnswerTests
{
    private const string Stop = "finish stop" + OfResponse;
    private const string NoFinishReason = "The model's answer ended without a finish reason.";
    private const string ReportedError = "The model service reported an error while it answered.";
    private const string Begun = "id r-1, model gpt-5";

    private static readonly string Whole = Created
        + Event("response.in_progress", "\"response\":{\"id\":\"r-1\",\"status\":\"in_progress\",\"model\":\"gpt-5\"}")
        + Item("reasoning")
        + Event("response.reasoning_summary_part.added", "\"summary_index\":0,\"part\":{\"type\":\"summary_text\",\"text\":\"\"}")
        + Thought("Sie gr\\u00fc\\u00dfen. \\ud83d") + Thought("\\ude00")
        + Event("response.reasoning_summary_text.done", "\"text\":\"Sie grüßen. 😀\"")
        + Event("response.output_item.done",
            "\"item\":{\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"no\"}]}")
        + Item("message")
        + Event("response.content_part.added", "\"part\":{\"type\":\"output_text\",\"text\":\"\"}")
        + Text("Hellö 世界 😀") + Text(" \\\"q\\\" half: \\ud83d") + Text("\\ude00 whole")
        + Event("response.output_text.done", "\"text\":\"no\"")
        + Event("response.content_part.done", "\"part\":{\"type\":\"output_text\",\"text\":\"no\"}")
        + Event("response.output_item.done",
            "\"item\":{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"no\"}]}")
        + Completed(
            "\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"no\"}]}],"
            + "\"content_filters\":[{\"blocked\":false,\"source_type\":\"prompt\",\"content_filter_results\":"
            + "{\"hate\":{\"filtered\":false}}}],"
            + "\"usage\":{\"input_tokens\":12,\"input_tokens_details\":{\"cached_tokens\":5},\"output_tokens\":7,"
            + "\"output_tokens_details\":{\"reasoning_tokens\":3},\"total_tokens\":19}");

    private static readonly string[] WholeUpdates =
    [
        "reasoning 'Sie grüßen. '" + OfResponse, "reasoning '😀'" + OfResponse,
        "text 'Hellö 世界 😀 \"q\" half: 😀 whole'" + OfResponse,
        "usage 12+7=19 reasoning 3 cached 5, finish stop" + OfResponse,
    ];

    [TestCase("\n")]
    [TestCase("\r\n")]
    public async Task An_answer_has_reasoning_text_usage_and_an_end(string lineEnd) =>
        Assert.That(await UpdatesAsync(Whole.ReplaceLineEndings(lineEnd)), Is.EqualTo(WholeUpdates));

    [Test]
    public async Task It_may_be_split_at_every_byte()
    {
        var bytes = Encoding.UTF8.GetBytes(Whole);
        foreach (var size in (int[])[1, 2, 3, 7, 100])
        {
            var updates = await Client(ScriptedService.Streaming(CutBody.EveryBytes(bytes, size))).UpdatesAsync();
            Assert.That(updates.Where(IsOfContent), Is.EqualTo(WholeUpdates));
        }
    }

    [Test]
    public async Task The_type_may_stand_behind_what_it_explains() => Assert.That(
        await UpdatesAsync("data: {\"delta\":\"Hel\",\"type\":\"response.output_text.delta\"}\n\n"
            + "data: {\"response\":{\"status\":\"completed\"},\"type\":\"response.completed\"}\n\n"),
        Is.EqualTo(new[] { "text 'Hel'", "finish stop" }));

    [Test]
    public async Task A_refusal_is_text() => Assert.That(
        await UpdatesAsync(Created + Item("message") + Event("response.refusal.delta", "\"delta\":\"I cannot.\"") + Completed()),
        Is.EqualTo(new[] { "text 'I cannot.'" + OfResponse, Stop }));

    [Test]
    public async Task Two_messages_and_two_parts_of_reasoning_are_kept_apart()
    {
        const string Part = "\"part\":{\"type\":\"summary_text\",\"text\":\"\"}";
        var updates = await UpdatesAsync(
            Created + Item("reasoning")
            + Event("response.reasoning_summary_part.added", "\"summary_index\":0," + Part) + Thought("a")
            + Event("response.reasoning_summary_part.added", "\"summary_index\":1," + Part) + Thought("b") + Thought("c")
            + Item("message") + Text("one") + Item("message") + Text("two") + Text(".") + Completed());

        Assert.That(updates, Is.EqualTo(new[]
        {
            "reasoning 'a'" + OfResponse, "reasoning '\n\nb'" + OfResponse, "reasoning 'c'" + OfResponse,
            "text 'one'" + OfResponse, "text '\n\ntwo.'" + OfResponse, Stop,
        }));
    }

    [Test]
    public async Task The_reasoning_of_an_open_model_is_read_too() => Assert.That(
        await UpdatesAsync(Created + Event("response.reasoning_text.delta", "\"delta\":\"Hm.\"") + Text("Yes") + Completed()),
        Is.EqualTo(new[] { "reasoning 'Hm.'" + OfResponse, "text 'Yes'" + OfResponse, Stop }));

    [Test]
    public async Task The_last_event_has_the_text_where_none_was_streamed() => Assert.That(
        await UpdatesAsync(Created + Completed("\"output\":[{\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\","
            + "\"text\":\"Hm.\"}]},{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"Yes\"}]}]")),
        Is.EqualTo(new[] { "reasoning 'Hm.', text 'Yes', finish stop" + OfResponse }));

    [Test]
    public async Task A_part_that_ends_has_its_text_where_none_was_streamed()
    {
        var ended = Event("response.reasoning_summary_text.done", "\"text\":\"Hm.\"")
            + Event("response.output_text.done", "\"text\":\"Yes\"");
        string[] updates = ["reasoning 'Hm.'" + OfResponse, "text 'Yes'" + OfResponse, Stop];

        Assert.That(await UpdatesAsync(Numbered(Created + ended + Completed())), Is.EqualTo(updates));
        Assert.That(
            await UpdatesAsync(Numbered(Created + Thought("Hm.") + Text("Yes") + ended + ended + Completed())),
            Is.EqualTo(updates), "it was streamed");
        var events = EventsOf(Numbered(Created + Text("Yes") + ended + Completed()));
        Assert.That(
            await UpdatesAsync(string.Concat(events[0], events[3], events[1], events[2], events[4])),
            Is.EqualTo(new[] { "text 'Yes'" + OfResponse, "reasoning 'Hm.'" + OfResponse, Stop }), "it came too early");
    }

    [TestCase("Hel", "Hello 😀", "Hello 😀")]
    [TestCase("Hello \\ud83d", "Hello 😀!", "Hello 😀!", TestName = "Half a surrogate pair was streamed")]
    [TestCase("Hello 😀", "Hello 😀", "Hello 😀")]
    [TestCase("Hello", "Hi there", "Hello", TestName = "The last event has another text")]
    [TestCase("Hello", "Hel", "Hello", TestName = "The last event has less")]
    public async Task The_last_event_has_what_was_lost_before_it(string streamed, string whole, string shown)
    {
        var output = "\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"" + whole + "\"}]}]";

        var updates = await Client(ScriptedService.Streaming(Created + Text(streamed) + Completed(output))).UpdatesAsync();

        Assert.That(string.Concat(updates.Select(update => update.Split('\'')).Where(parts => parts.Length > 1)
            .Select(parts => parts[1])), Is.EqualTo(shown));
    }

    [Test]
    public async Task After_an_end_with_events_missing_before_it_the_rest_is_read()
    {
        var events = EventsOf(Numbered(Created + Text("Hel") + Text("lo") + Completed()));

        Assert.That(await UpdatesAsync(string.Concat(events[0], events[1], events[3], events[2], events[3])),
            Is.EqualTo(new[] { "text 'Hel'" + OfResponse, Stop, "text 'lo'" + OfResponse, Stop }));
        Assert.That(await UpdatesAsync(string.Concat(events[0], events[2], events[3], events[1], events[2], events[3])),
            Is.EqualTo(new[] { "text 'lo'" + OfResponse, Stop, "text 'Hello'" + OfResponse, Stop }), "one came too early, too");
        var (_, failure) = await Client(
            ScriptedService.Streaming(string.Concat(events[0], events[1], events[3], events[2]))).FailureAsync();
        Assert.That(
            (failure.Code, failure.Message), Is.EqualTo((FailureCode.MalformedResponse, NoFinishReason)), "no end came last");
    }

    [Test]
    public async Task A_failure_with_events_missing_before_it_is_a_failure()
    {
        var events = EventsOf(Numbered(Created + Text("Hel") + Text("lo") + End("failed", "\"error\":null")));

        await FailsAsync(string.Concat(events[0], events[1], events[3]), FailureCode.ModelUnavailable, null);
    }

    [Test]
    public async Task The_last_event_may_repeat_an_answer_of_megabytes()
    {
        var text = new string('x', 3 * 1024 * 1024);
        var output = "\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"" + text + "\"}]}]";
        var updates = await UpdatesAsync(Created + Text("Hel") + Completed(output));

        Assert.That(updates, Is.EqualTo(new[] { "text 'Hel'" + OfResponse, "finish stop" + OfResponse }));
    }

    [TestCase("max_output_tokens", "length")]
    [TestCase("another_reason", "length")]
    public async Task An_incomplete_answer_says_why(string reason, string finish) => Assert.That(
        await UpdatesAsync(
            Created + Text("Hel") + End("incomplete", "\"incomplete_details\":{\"reason\":\"" + reason + "\"}")),
        Is.EqualTo(new[] { "text 'Hel'" + OfResponse, $"finish {finish}" + OfResponse }));

    [Test]
    public async Task A_filtered_answer_names_the_categories() => Assert.That(
        await UpdatesAsync(Created + Text("Hel") + End(
            "incomplete",
            "\"incomplete_details\":{\"reason\":\"content_filter\"},\"content_filters\":[{\"source_type\":\"prompt\","
            + "\"content_filter_results\":{\"hate\":{\"filtered\":false}}},{\"source_type\":\"completion\",\"blocked\":true,"
            + "\"content_filter_results\":{\"self-harm\":{\"filtered\":true,\"severity\":\"medium\"}}}]")),
        Is.EqualTo(new[]
        {
            "text 'Hel'" + OfResponse,
            "error content_filter 'The answer was stopped by the content filter: self_harm (medium).', finish content_filter"
                + OfResponse,
        }));

    [Test]
    public async Task An_end_without_a_status_is_told_by_the_name_of_the_event() => Assert.That(
        await UpdatesAsync(Created + Text("Hel") + Event("response.completed", "\"response\":{}")),
        Is.EqualTo(new[] { "text 'Hel'" + OfResponse, Stop }));

    [Test]
    public async Task The_last_event_ends_the_answer_although_the_connection_stays_open()
    {
        await using var body = new FedBody();
        body.Feed(Created + Text("Hel") + Completed());

        var updates = await Client(ScriptedService.Streaming(body)).UpdatesAsync();

        Assert.That(updates.Where(IsOfContent), Is.EqualTo(new[] { "text 'Hel'" + OfResponse, Stop }));
        Assert.That(body.WasDisposed, Is.True);
    }

    [TestCase("", FailureCode.MalformedResponse, NoFinishReason)]
    [TestCase("data: [DONE]\n\n", FailureCode.MalformedResponse, NoFinishReason)]
    [TestCase("data: {\"type\":\"resp\n\n", FailureCode.MalformedResponse, "The model service sent something that is not JSON.")]
    public async Task An_answer_without_an_end_is_a_failure(string rest, FailureCode code, string message) =>
        await FailsAsync(Created + Text("Hel") + rest, code, message);

    [TestCase("event: error\ndata: {\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"secret\"}\n\n",
        FailureCode.RateLimited, "The model's rate limit has been reached.")]
    [TestCase("data: {\"type\":\"error\",\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"secret\"}}\n\n",
        FailureCode.ContextLengthExceeded, "The conversation is longer than the model can read.")]
    [TestCase("data: {\"error\":{\"code\":\"server_error\",\"message\":\"secret\"}}\n\n",
        FailureCode.ModelUnavailable, ReportedError)]
    [TestCase("data: {\"type\":\"invalid_request_error\",\"code\":\"context_length_exceeded\",\"message\":\"secret\"}\n\n",
        FailureCode.ContextLengthExceeded, "The conversation is longer than the model can read.")]
    [TestCase("data: {\"code\":\"rate_limit_exceeded\",\"message\":\"secret\"}\n\n",
        FailureCode.RateLimited, "The model's rate limit has been reached.")]
    public async Task An_error_in_the_stream_is_a_failure(string error, FailureCode code, string message) =>
        await FailsAsync(Created + Text("Hel") + error, code, message);

    [TestCase("failed", "\"error\":{\"code\":\"server_error\",\"message\":\"secret\"}", FailureCode.ModelUnavailable)]
    [TestCase("failed", "\"error\":null", FailureCode.ModelUnavailable)]
    [TestCase("failed", "\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"secret\"}", FailureCode.RateLimited)]
    [TestCase("cancelled", "\"error\":null", FailureCode.ModelUnavailable)]
    public async Task A_failed_response_is_a_failure(string status, string error, FailureCode code) =>
        await FailsAsync(Created + Text("Hel") + End(status, error), code, null);

    [TestCase("{\"status\":\"completed\",\"object\":\"response\",\"output\":[{\"type\":\"message\",\"content\":["
        + "{\"type\":\"output_text\",\"text\":\"Bread\",\"annotations\":[]}]}],\"usage\":{\"input_tokens\":3}}",
        "Bread", "stop")]
    [TestCase(
        "{\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"max_output_tokens\"},\"output\":[]}", "", "length")]
    [TestCase("{\"status\":\"completed\",\"output\":[{\"type\":\"reasoning\",\"summary\":[]},{\"type\":\"message\",\"content\":["
        + "{\"type\":\"refusal\",\"refusal\":\"No\"}]}]}", "No", "stop")]
    public async Task A_whole_response_is_read(string body, string text, string finish)
    {
        using var client = Client(ScriptedService.Answering(200, "application/json", body));

        var response = await client.GetResponseAsync(
            TestModel.Hello, options: null, TestContext.CurrentContext.CancellationToken);

        Assert.That((response.Text, response.FinishReason), Is.EqualTo((text, (ChatFinishReason?)new ChatFinishReason(finish))));
    }

    [Test]
    public async Task Deviations_without_doubt_about_their_meaning_are_understood()
    {
        var stream = Created + Text("Hel") + "data: ping\n\n" + Text("lo") + Completed("\"error\":{}");
        string[] dressings =
        [
            stream, "\uFEFF" + stream, stream.ReplaceLineEndings("\r\n"), stream.ReplaceLineEndings("\r"),
            stream.Replace("data: {", "data: data: {", StringComparison.Ordinal),
            stream.Replace("response.completed", "response.done", StringComparison.Ordinal),
            stream + "data: \"[DONE]\"\n\n",
        ];
        foreach (var dressing in dressings)
            Assert.That(await UpdatesAsync(dressing), Is.EqualTo(new[] { "text 'Hello'" + OfResponse, Stop }), dressing);
    }

    private static string[] EventsOf(string stream) =>
        [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(each => each + "\n\n")];

    private static DeploymentClient Client(HttpMessageHandler service) => TestModel.Behind(service, Deployment);

    private static async Task<IEnumerable<string>> UpdatesAsync(string stream) =>
        (await Client(ScriptedService.Streaming(stream)).UpdatesAsync()).Where(IsOfContent);

    // Each event tells that the model is at work.
    private static bool IsOfContent(string update) => update is not ("-" or Begun);

    private static async Task FailsAsync(string stream, FailureCode code, string? message)
    {
        var (updates, failure) = await Client(ScriptedService.Streaming(stream)).FailureAsync();

        Assert.That(failure.Code, Is.EqualTo(code));
        Assert.That(failure.Message, message is null ? Is.Not.Empty : Is.EqualTo(message));
        Assert.That(updates.Where(IsOfContent), Is.EqualTo(new[] { "text 'Hel'" + OfResponse }), "the text is kept");
    }
}
