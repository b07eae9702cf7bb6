using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A content filter that judges text after it was shown. Nothing shows, keeps or sends that text again.</summary>
internal sealed class WithdrawnAnswerTests : AppTest
{
    private const string Failure =
        """{"code":"content_filter","message":"The answer was stopped by the content filter: protected_material_text.","""
        + "\"categories\":[\"protected_material_text\"],\"of\":\"answer\",\"withdrawn\":true}";

    private static Script Begun => Script.Start().Reasoning("Recalled").Text("Stolen").Text(" words");

    private static IEnumerable<TestCaseData> Verdicts() =>
    [
        new TestCaseData(Begun.FilterAnnotation(90, 40, 90, violation: true).Finish("content_filter").Done())
            .SetArgDisplayNames("in mid-answer"),
        new TestCaseData(Begun.Finish("stop").FilterAnnotation(90, 40, 90, violation: true).Usage(5, 2).Done())
            .SetArgDisplayNames("after stop"),
    ];

    [TestCaseSource(nameof(Verdicts))]
    public async Task Its_text_is_gone_from_everywhere(Script script)
    {
        Answers("Hi", script);

        await using var stream = await (await User.StartAsync("Hi")).ToEndAsync();

        Assert.That(
            stream.Frames.Where(frame => frame.Event is "failure" or "finish" or "stop").Select(frame => frame.Data),
            Is.EqualTo(new[] { Failure, """{"reason":"filtered"}""", "stopped" }));
        await CheckAsync(stream);
        await RestartAsync();
        await CheckAsync(stream);
    }

    [Test]
    public async Task A_filter_that_holds_text_back_leaves_what_was_shown()
    {
        Answers("Hi", Begun.Finish("content_filter").Done());

        var answer = await User.AskAsync("Hi");

        Assert.That(answer.GetProperty("text").GetString(), Is.EqualTo("Stolen words"));
        Assert.That(
            answer.GetProperty("failure").GetRawText(),
            Does.EndWith(""","severities":{"violence":"medium"},"of":"answer"}"""));
    }

    private async Task CheckAsync(EventStream stream)
    {
        var state = await User.FindAsync(stream.GenerationId);
        await using var again = await (await User.AttachAsync(stream.GenerationId)).ToEndAsync();
        var export = await User.Http.GetStringAsync($"/conversations/{stream.ConversationId}/export?format=json");
        var markdown = await User.Http.GetStringAsync($"/conversations/{stream.ConversationId}/export?format=md");
        var page = await User.Http.GetStringAsync($"/chat/{stream.ConversationId}");
        var found = await User.Http.GetStringAsync("/conversations?q=stolen");

        Assert.Multiple(() =>
        {
            Assert.That(state.GetProperty("text").GetString(), Is.Empty);
            Assert.That(state.TryGetProperty("reasoning", out _), Is.False);
            Assert.That(state.GetProperty("failure").GetRawText(), Is.EqualTo(Failure));
            Assert.That(
                again.Frames.Select(frame => $"{frame.Event} {frame.Data}").Skip(1), Is.EqualTo(new[]
                {
                    """snapshot {"text":""}""", """finish {"reason":"filtered"}""", "stop stopped",
                }));
            foreach (var shown in new[] { export, markdown, page })
                Assert.That(shown, Does.Not.Contain("Stolen").And.Not.Contain("Recalled"));
            Assert.That(page, Does.Contain("The content filter withdrew this answer"));
            Assert.That(found, Does.Not.Contain(stream.ConversationId));
        });
        var request = Asked;
        await User.AskAsync("And now", stream.ConversationId);
        Assert.That((await AskedAsync(request)).Body, Does.Not.Contain("Stolen"));
    }
}
