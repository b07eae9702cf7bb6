using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Background;

/// <summary>An answer that the service makes in the background, read over one connection or several.</summary>
internal sealed class BackgroundAnswerTests : BackgroundTest
{
    [Test]
    public async Task The_request_asks_the_service_to_keep_the_answer_while_it_is_made()
    {
        var answer = await User.AskAsync("one");

        Assert.That((await AskedAsync()).Body, Is.EqualTo(
            """{"model":"gpt-5-mini","input":[{"type":"message","role":"user","content":"one"}],"stream":true"""
            + ""","background":true,"store":true,"reasoning":{"summary":"auto"}}"""));
        Assert.That(answer.GetProperty("text").GetString(), Is.EqualTo("one"));
    }

    [Test]
    public async Task The_frames_are_those_of_any_other_answer()
    {
        Answers("Hi", Script.Start().Reasoning("Hm…").Text("Hello").Finish("stop").Usage(12, 7, reasoning: 4).Done());

        await using var stream = await (await User.StartAsync("Hi")).ToEndAsync();

        Assert.That(stream.Frames.Select(frame => frame.Event), Is.EqualTo(new[]
        {
            "start", "status", "status", "reasoning", "status", "message", "usage", "finish", "stop",
        }));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
    }

    private static IEnumerable<TestCaseData> Breaks()
    {
        static TestCaseData Case(string name, string text, Script script) =>
            new TestCaseData(script.Finish("stop").Usage(1, 2).Done(), text).SetArgDisplayNames(name);

        yield return Case("FIN", "one two", Script.Start().Text("one").Cut().Text(" two"));
        yield return Case("RST", "one two", Script.Start().Text("one").Reset().Text(" two"));
        yield return Case("several", "abcd", Script.Start().Text("a").Cut().Text("b").Reset().Text("c").Cut().Text("d"));
        yield return Case("before the first word", "one", Script.Start().Cut().Text("one"));
        yield return Case("while it thinks", "one", Script.Start().Reasoning("Hm").Cut().Reasoning(".").Text("one"));
        yield return Case("after the last word", "one", Script.Start().Text("one").Cut());
        yield return Case("inside of a character", "a🙂b", Script.Start()
            .TextRawJson("\"a\\ud83d\"").Cut().TextRawJson("\"\\ude42b\""));
        yield return Case("inside of a tag", "one", Script.Start().Text("<thi").Cut().Text("nk>H").Cut().Text("m</").Cut()
            .Text("think>\n").Cut().Text("\none"));
        yield return Case("between two messages", "a\n\nb", Script.Start().Text("a").Reasoning("Hm").Cut().Text("b"));
    }

    [TestCaseSource(nameof(Breaks))]
    public async Task A_connection_that_breaks_is_resumed_and_nothing_is_asked_twice(Script script, string text)
    {
        Answers("Hi", script);

        await using var stream = await (await User.StartAsync("Hi")).ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo(text));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        Assert.That(Made.Resumed, Is.Not.Empty);
        Assert.That(Asked, Is.EqualTo(1));
        Assert.That((await User.FindAsync(stream.GenerationId)).GetProperty("text").GetString(), Is.EqualTo(text), "as stored");
    }

    [Test]
    public async Task What_comes_over_the_next_connection_is_shown_as_it_comes()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("a").Cut().Text("b").Wait(gate).Text("c").Finish("stop").Done());
        await using var stream = await User.StartAsync("Hi");

        await stream.UntilTextAsync("b");
        gate.Open();
        await stream.ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo("abc"));
        Assert.That(Made.Resumed, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_break_after_which_the_service_has_forgotten_the_answer_is_told_as_a_break()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("so far").Wait(gate).Cut().Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        Emulator.Forget(Made);

        gate.Open();
        await stream.ToEndAsync();

        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"failed"}"""));
        Assert.That(stream.Frames[^3].Json.GetProperty("code").GetString(), Is.EqualTo("model_unavailable"));
        Assert.That(stream.Text, Is.EqualTo("so far"));
    }

    private static IEnumerable<TestCaseData> Ends()
    {
        static TestCaseData Case(Script script, string reason, string text, string? code = null) =>
            new TestCaseData(script, reason, text, code).SetArgDisplayNames($"{reason} {code}");

        yield return Case(Script.Start().Text("so far").Finish("length").Usage(1, 1).Done(), "length", "so far");
        yield return Case(Script.Start().Text("a").Finish("content_filter").Done(), "filtered", "a", "content_filter");
        yield return Case(Script.Start().Text("a").ErrorEvent("rate_limit_exceeded", "x"), "failed", "a", "rate_limited");
        yield return Case(Script.Start().Text("a").Malformed(), "failed", "a", "malformed_response");
        yield return Case(AzureErrors.PromptFiltered(), "filtered", "", "content_filter");
        yield return Case(AzureErrors.ServerError(), "failed", "", "model_unavailable");
    }

    [TestCaseSource(nameof(Ends))]
    public async Task Every_end_is_named(Script script, string reason, string text, string? code)
    {
        Answers("Hi", script);

        await using var stream = await (await User.StartAsync("Hi")).ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo(text));
        Assert.That(stream.Frames[^2].Json.GetProperty("reason").GetString(), Is.EqualTo(reason));
        var failure = stream.Frames.SingleOrDefault(frame => frame.Event == "failure");
        Assert.That(failure?.Json.GetProperty("code").GetString(), Is.EqualTo(code));
    }
}
