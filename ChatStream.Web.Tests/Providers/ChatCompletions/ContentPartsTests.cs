using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static ChatStream.Web.Tests.Providers.ChatCompletions.AzureStream;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>Content that is not one string. Nothing of it is dropped in silence, and nothing is read twice.</summary>
[CancelAfter(20_000)]
internal sealed class ContentPartsTests
{
    private const string Ids = ", id c-1, model gpt-4o";
    private const string Stop = "finish stop" + Ids;

    [TestCase("""[{"type":"text","text":"Four."}]""", "text 'Four.'")]
    [TestCase("""[{"type":"text","text":"Fo"},{"type":"text","text":"ur."}]""", "text 'Four.'")]
    [TestCase("""[{"text":"Four.","type":"output_text","annotations":[{"text":"no"}]}]""", "text 'Four.'")]
    [TestCase("""["Fo","ur."]""", "text 'Four.'")]
    [TestCase("""{"type":"text","text":"Four."}""", "text 'Four.'")]
    [TestCase("""[{"type":"refusal","refusal":"No."}]""", "text 'No.'")]
    [TestCase("""[[{"type":"text","text":"Fo\ud83d"}],[{"type":"text","text":"\ude00ur."}]]""", "text 'Fo😀ur.'")]
    [TestCase("""[{"type":"thinking","thinking":[{"type":"text","text":"Two and two."}]}]""", "reasoning 'Two and two.'")]
    [TestCase("""[{"text":"Two and two.","type":"thinking"}]""", "reasoning 'Two and two.'")]
    [TestCase("""[{"type":"reasoning","reasoning":"Two and two."},{"type":"text","text":"Four."}]""",
        "reasoning 'Two and two.', text 'Four.'")]
    [TestCase("""[{"type":"image_url","image_url":{"url":"x"}},{"type":"text","text":"Four."}]""", "text 'Four.'")]
    public async Task Parts_are_read_as_text(string content, string update)
    {
        var stream = $"data: {Chunk($$"""{"content":{{content}}}""")}\n\n" + Finish() + Done;

        Assert.That(await UpdatesAsync(stream), Is.EqualTo(new[] { update + Ids, Stop }));
    }

    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("\"\"")]
    [TestCase("""[{"type":"text","text":""}]""")]
    [TestCase("""[{"type":"text","text":null},null]""")]
    public async Task Empty_content_is_an_empty_answer(string content)
    {
        var stream = $"data: {Chunk($$"""{"content":{{content}}}""")}\n\n" + Finish() + Done;

        Assert.That(await UpdatesAsync(stream), Is.EqualTo(new[] { "id c-1, model gpt-4o", Stop }));
    }

    [TestCase("""{"choices":[{"delta":{"content":""},"finish_reason":"tool_calls"}]}""")]
    [TestCase("""{"choices":[{"delta":{"tool_calls":[]},"finish_reason":"function_call"}]}""")]
    [TestCase("""{"choices":[{"delta":"secret"}]}""")]
    [TestCase("""{"choices":[{"delta":[{"content":"secret"}]}]}""")]
    [TestCase("""{"choices":{"delta":{"content":"secret"}}}""")]
    [TestCase("""{"choices":[{"delta":{"content":"","images":[{"type":"image_url"}]}}]}""")]
    [TestCase("""{"choices":[{"delta":{"audio":{"transcript":"secret"}}}]}""")]
    [TestCase("""{"content":"secret"}""")]
    [TestCase("""{"response":"secret","done":false}""")]
    public async Task An_answer_that_stands_elsewhere_is_not_complete(string chunk)
    {
        var stream = $"data: {chunk}\n\n" + Finish() + Done;
        var (_, failure) = await TestModel.Behind(ScriptedService.Streaming(stream)).FailureAsync();

        Assert.That(failure.Code, Is.EqualTo(FailureCode.MalformedResponse));
    }

    [TestCase("""{"choices":[{"delta":{"images":[],"audio":null}}]}""")]
    [TestCase("""{"choices":[{"delta":{"text":""}}],"content":null}""")]
    public async Task An_empty_place_for_something_else_is_no_content(string chunk) => Assert.That(
        await UpdatesAsync($"data: {chunk}\n\n" + Finish() + Done), Has.Some.EqualTo(Stop));

    [Test]
    public async Task The_text_of_a_delta_may_have_the_name_of_the_older_interface() => Assert.That(
        await UpdatesAsync("data: {\"choices\":[{\"delta\":{\"text\":\"Hi\"}}]}\n\n" + Finish() + Done),
        Has.Some.Contains("text 'Hi'"));

    [TestCase("3")]
    [TestCase("true")]
    [TestCase("[1]")]
    [TestCase("""{"a":"secret"}""")]
    [TestCase("""[{"type":"image_url","image_url":{"url":"secret"}}]""")]
    public async Task An_answer_of_nothing_but_unknown_content_is_not_complete(string content)
    {
        var stream = $"data: {Chunk($$"""{"content":{{content}}}""")}\n\n" + Finish() + Done;
        var (_, failure) = await TestModel.Behind(ScriptedService.Streaming(stream)).FailureAsync();

        Assert.That(
            (failure.Code, failure.Message),
            Is.EqualTo((FailureCode.MalformedResponse, "The model's answer has content of a kind that is not known here.")));
    }

    [TestCase("""{"delta":{"content":"Hel"},"message":{"content":"Hel"}}""", """{"delta":{"content":"lo"},"message":{"content":"Hello"}}""")]
    [TestCase("""{"message":{"content":"Hel"},"delta":{"content":"Hel"}}""", """{"message":{"content":"Hello"},"delta":{"content":"lo"}}""")]
    [TestCase("""{"delta":{"content":"Hel"}}""", """{"delta":{"content":"lo"}}""", """{"delta":{},"message":{"content":"Hello"}}""")]
    [TestCase("""{"delta":{},"message":{"content":"Hel"}}""", """{"message":{"content":"lo"},"delta":{"content":""}}""")]
    [TestCase("""{"message":{"role":"assistant","content":"Hello"}}""")]
    [TestCase("""{"message":{"content":[{"type":"text","text":"Hello"}]}}""")]
    public async Task A_message_beside_the_deltas_does_not_double_the_text(params string[] choices)
    {
        var stream = string.Concat(choices.Select(choice => "data: {\"choices\":[" + choice + "]}\n\n")) + Finish() + Done;

        var updates = await UpdatesAsync(stream);

        Assert.That(
            updates.Where(update => update.StartsWith("text", StringComparison.Ordinal)), Is.EqualTo(new[] { "text 'Hello'" }));
    }

    [Test]
    public async Task A_filter_that_does_not_work_is_logged_once_and_text_is_gathered()
    {
        const string outage = """{"error":{"code":"content_filter_error","message":"The contents are not filtered"}}""";
        using var log = new LogCapture();
        using var service = ScriptedService.Streaming(
            string.Concat(Enumerable.Repeat("data: " + Chunk("""{"content":"x"}""", filters: outage) + "\n\n", 500))
            + Finish() + Done);
        using var client = TestModel.Behind(service, log: log);

        var texts = 0;
        var token = TestContext.CurrentContext.CancellationToken;
        await foreach (var update in client.GetStreamingResponseAsync(TestModel.Hello, options: null, token))
            texts += update.Text.Length > 0 ? 1 : 0;

        Assert.That(texts, Is.LessThan(10), "what arrived together is one update");
        Assert.That(log.Lines.Select(line => line.Text), Is.EqualTo(new[]
        {
            "The content filter of the model service did not work, so an answer was not filtered.",
        }));
    }

    private static Task<List<string>> UpdatesAsync(string stream) =>
        TestModel.Behind(ScriptedService.Streaming(stream)).UpdatesAsync();
}
