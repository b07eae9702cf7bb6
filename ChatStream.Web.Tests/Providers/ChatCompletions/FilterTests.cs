using NUnit.Framework;
using static ChatStream.Web.Tests.Providers.ChatCompletions.AzureStream;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>A content filter that stops an answer names its categories, whichever way it tells.</summary>
[CancelAfter(20_000)]
internal sealed class FilterTests
{
    private const string Hel = "text 'Hel', id c-1, model gpt-4o";
    private const string Violent = """{"hate":{"filtered":false,"severity":"safe"},"violence":{"filtered":true,"severity":"medium"},"self-harm":{"filtered":true}}""";

    [Test]
    public Task The_finish_reason_and_its_results() => CheckAsync(
        Data("Hel") + $"data: {Chunk("{}", "\"content_filter\"", Violent)}\n\n" + Done,
        Hel, "error content_filter 'The answer was stopped by the content filter: violence, self_harm.', finish content_filter, id c-1, model gpt-4o");

    [Test]
    public Task The_finish_reason_alone() => CheckAsync(
        Data("Hel") + Finish("content_filter") + Done,
        Hel, "error content_filter 'The answer was stopped by the content filter.', finish content_filter, id c-1, model gpt-4o");

    [Test]
    public Task A_finding_after_stop_has_the_last_word() => CheckAsync(
        Data("Hel") + Finish() + """
            data: {"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":{"protected_material_text":{"detected":true,"filtered":true}},"content_filter_offsets":{"check_offset":90,"start_offset":40,"end_offset":90}}]}


            """.ReplaceLineEndings("\n") + Done,
        Hel, "finish stop, id c-1, model gpt-4o",
        "error content_filter 'The answer was stopped by the content filter: protected_material_text.', finish content_filter");

    [Test]
    public Task A_finding_that_is_repeated_is_told_once() => CheckAsync(
        $"data: {Chunk("{}", filters: Violent)}\n\n" + $"data: {Chunk("{}", "\"content_filter\"", Violent)}\n\n" + Done,
        "error content_filter 'The answer was stopped by the content filter: violence, self_harm.', finish content_filter, id c-1, model gpt-4o",
        "finish content_filter, id c-1, model gpt-4o");

    [Test]
    public Task What_was_only_detected_does_not_stop_an_answer() => CheckAsync(
        $"data: {Chunk("{\"content\":\"Hel\"}", filters: """{"jailbreak":{"filtered":false,"detected":true},"hate":{"filtered":"true"}}""")}\n\n" + Finish() + Done,
        Hel, "finish stop, id c-1, model gpt-4o");

    private static async Task CheckAsync(string stream, params string[] updates) =>
        Assert.That(await Model.Behind(ScriptedService.Streaming(stream)).UpdatesAsync(), Is.EqualTo(updates));
}
