using System.Globalization;
using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Checkpoints;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The app where readers see text only once it is stored.</summary>
internal sealed class AfterCommitStreamTests : AppTest
{
    private FaultyDatabase Database => App.Services.GetRequiredService<FaultyDatabase>();

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Generation:Show"] = "AfterCommit";
        setup.Services = FaultyDatabase.AddTo;
    }

    [TearDown]
    public void Mend()
    {
        Database.Fails = false;
        Database.Hold?.Open();
        Database.Hold = null;
    }

    [Test]
    public async Task An_answer_is_streamed_whole_and_its_frames_have_no_gap()
    {
        var gate = new Gate();
        var script = Script.Start();
        for (var n = 0; n < 30; n++)
            script = script.Text($"{n} ").Wait(gate);
        Answers("Hi", script.Finish("stop").Usage(12, 30).Done());
        await using var stream = await User.StartAsync("Hi", Token);
        await using var second = await User.AttachAsync(await IdAsync(stream), cancellationToken: Token);
        for (var n = 0; n < 30; n++)
        {
            // Each text is seen while the model waits, so a commit alone has shown it.
            await stream.UntilTextAsync($"{n} ");
            await second.UntilTextAsync($"{n} ");
            gate.LetOne();
        }
        await Task.WhenAll(stream.ToEndAsync(), second.ToEndAsync());

        Assert.That(stream.Text, Is.EqualTo(string.Concat(Enumerable.Range(0, 30).Select(n => $"{n} "))));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        Assert.That(stream.Frames.Select(frame => frame.Number),
            Is.EqualTo(Enumerable.Range(0, stream.Frames.Count).Select(n => n.ToString(CultureInfo.InvariantCulture))));
        Assert.That(second.Frames, Is.EqualTo(stream.Frames));
    }

    [Test]
    public async Task While_the_database_hangs_nothing_new_is_seen()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("seen ").Wait(gate).Text("hidden ").Stall());
        await using var stream = await User.StartAsync("Hi", Token);
        await stream.UntilTextAsync("seen ");
        Database.Hold = new Gate();
        gate.Open();
        var frames = Find(stream).Frames;
        while (frames.Count == frames.ShownCount)
            await Task.Yield();

        Assert.That((await User.FindAsync(stream.GenerationId)).GetProperty("text").GetString(), Is.EqualTo("seen "));
        var next = stream.NextAsync();
        Assert.That(next.IsCompleted, Is.False);
        Database.Hold!.Open();
        Assert.That((await next)!.Text, Is.EqualTo("hidden "));
        await User.StopAsync(stream.GenerationId);
    }

    [Test]
    public async Task An_answer_that_cannot_be_stored_fails_without_the_text_that_was_not()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("seen ").Wait(gate).Text("hidden").Finish("stop").Done());
        await using var stream = await User.StartAsync("Hi", Token);
        await stream.UntilTextAsync("seen ");
        Database.Fails = true;
        gate.Open();
        await stream.ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo("seen "));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"failed"}"""));
        Assert.That(stream.Frames.Select(frame => frame.Number),
            Is.EqualTo(Enumerable.Range(0, stream.Frames.Count).Select(n => n.ToString(CultureInfo.InvariantCulture))));
    }

    [Test]
    public async Task A_stop_ends_the_answer_with_what_was_streamed()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi", Token);
        await stream.UntilTextAsync("so far");

        Assert.That((await User.StopAsync(stream.GenerationId)).StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        await stream.ToEndAsync();
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        Assert.That((await User.FindAsync(stream.GenerationId)).GetProperty("text").GetString(), Is.EqualTo("so far"));
    }

    [Test]
    public async Task Json_callers_get_the_whole_answer()
    {
        Answers("Hi", Script.Start().Texts(["Hel", "lo"]).Finish("stop").Done());

        Assert.That((await User.AskAsync("Hi")).GetProperty("text").GetString(), Is.EqualTo("Hello"));
    }

    [Test]
    public async Task After_a_restart_a_reader_goes_on_after_any_frame_of_an_answer_that_had_ended()
    {
        Answers("Hi", Script.Start().Texts(["Hel", "lo"]).Finish("stop").Usage(12, 2).Done());
        await using var stream = await (await User.StartAsync("Hi", Token)).ToEndAsync();
        await RestartAsync();

        for (var last = 0; last < stream.Frames.Count - 1; last++)
        {
            await using var rest = await User.AttachAsync(stream.GenerationId, stream.Frames[last].Id, Token);
            await rest.ToEndAsync();
            Assert.That(rest.Frames, Is.EqualTo(stream.Frames.Skip(last + 1)), $"after {last}");
        }
        var all = new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{stream.GenerationId}")
        {
            Headers = { { "Accept", "text/event-stream" }, { "Last-Event-ID", stream.Frames[^1].Id } },
        };
        using var over = await User.Http.SendAsync(all, Token);
        Assert.That(over.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        await using var anew = await User.AttachAsync(stream.GenerationId, cancellationToken: Token);
        await anew.ToEndAsync();
        Assert.That(anew.Frames.Single(frame => frame.Event == "snapshot").Text, Is.EqualTo("Hello"));
    }

    private Generation Find(EventStream stream) =>
        App.Services.GetRequiredService<GenerationRegistry>().Running.Single(generation => generation.Id == stream.GenerationId);

    private static async Task<string> IdAsync(EventStream stream) =>
        (await stream.UntilEventAsync("start")).Json.GetProperty("generationId").GetString()!;
}
