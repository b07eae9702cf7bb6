using ChatStream.Web.Providers;
using Microsoft.Extensions.AI;
using NUnit.Framework;
using static ChatStream.Web.Tests.Providers.ChatCompletions.AzureStream;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>An answer that the content filter stopped names the categories, in whichever form the service sends them.</summary>
[CancelAfter(20_000)]
internal sealed class ContentFilterTests
{
    private const string Hel = "text 'Hel', id c-1, model gpt-4o";
    private const string Filtered = "error content_filter 'The answer was stopped by the content filter";

    private const string Violent = """{"hate":{"filtered":false,"severity":"safe"}"""
        + ""","violence":{"filtered":true,"severity":"medium"},"self-harm":{"filtered":true}}""";

    private const string Detected = """{"jailbreak":{"filtered":false,"detected":true},"hate":{"filtered":"true"}}""";

    private const string LateVerdict =
        """{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null"""
        + ""","content_filter_results":{"protected_material_text":{"detected":true,"filtered":true}}"""
        + ""","content_filter_offsets":{"check_offset":90,"start_offset":40,"end_offset":90}}]}""";

    [Test]
    public Task The_finish_reason_comes_with_the_categories() => CheckAsync(
        Data("Hel") + $"data: {Chunk("{}", "\"content_filter\"", Violent)}\n\n" + Done,
        Hel, $"{Filtered}: violence (medium), self_harm.', finish content_filter, id c-1, model gpt-4o");

    [Test]
    public Task The_finish_reason_may_come_alone() => CheckAsync(
        Data("Hel") + Finish("content_filter") + Done,
        Hel, $"{Filtered}.', finish content_filter, id c-1, model gpt-4o");

    [Test]
    public Task A_verdict_after_stop_decides() => CheckAsync(
        Data("Hel") + Finish() + $"data: {LateVerdict}\n\n" + Done,
        Hel, "finish stop, id c-1, model gpt-4o", $"{Filtered}: protected_material_text.', finish content_filter");

    [Test]
    public Task A_category_whose_name_cannot_be_stored_has_another() => CheckAsync(
        Data("Hel") + $"data: {Chunk("{}", "\"content_filter\"", """{"a\u0000,b=":{"filtered":true}}""")}\n\n" + Done,
        Hel, $"{Filtered}: other.', finish content_filter, id c-1, model gpt-4o");

    [TestCase("\"stop\"", true)]
    [TestCase("\"content_filter\"", false)]
    public async Task A_verdict_beside_another_reason_comes_after_the_text(string reason, bool isWithdrawn)
    {
        using var client = TestModel.Behind(
            ScriptedService.Streaming(Data("Hel") + $"data: {Chunk("{}", reason, Violent)}\n\n" + Done));
        var token = TestContext.CurrentContext.CancellationToken;
        var answer = await client.GetStreamingResponseAsync(TestModel.Hello, options: null, token).ToChatResponseAsync(token);

        var verdict = ModelFailures.OfVerdict(answer.Messages.Single().Contents.OfType<ErrorContent>().Single());
        Assert.That(verdict.Withdrawn, isWithdrawn ? Is.True : Is.Null);
    }

    [Test]
    public Task A_repeated_verdict_is_given_once() => CheckAsync(
        $"data: {Chunk("{}", filters: Violent)}\n\n" + $"data: {Chunk("{}", "\"content_filter\"", Violent)}\n\n" + Done,
        $"{Filtered}: violence (medium), self_harm.', finish content_filter, id c-1, model gpt-4o",
        "finish content_filter, id c-1, model gpt-4o");

    [Test]
    public Task A_category_that_is_only_detected_does_not_stop_an_answer() => CheckAsync(
        "data: " + Chunk("""{"content":"Hel"}""", filters: Detected) + "\n\n" + Finish() + Done,
        Hel, "finish stop, id c-1, model gpt-4o");

    private static async Task CheckAsync(string stream, params string[] updates) =>
        Assert.That(await TestModel.Behind(ScriptedService.Streaming(stream)).UpdatesAsync(), Is.EqualTo(updates));
}
