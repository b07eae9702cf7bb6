using ChatStream.Emulator;
using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Checkpoints;

/// <summary>A database that accepts no writes is reported by health, log and answers, until it works again.</summary>
internal sealed class CheckpointFaultTests : AppTest
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const string NotStored = """{"code":"internal","message":"The answer could not be stored."}""";

    private readonly WatchedTime _time = new();
    private readonly LogCapture _log = new();

    private FaultyDatabase Database => App.Services.GetRequiredService<FaultyDatabase>();

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.CheckpointsFollowTestTime = true;
        setup.Services = services =>
        {
            services.AddSingleton<TimeProvider>(_time);
            services.AddSingleton<ILoggerProvider>(_log);
            FaultyDatabase.AddTo(services);
        };
    }

    [TearDown]
    public async Task MendAsync()
    {
        Database.Fails = false;
        Database.Hold?.Open();
        Database.Hold = null;
        await HealthyAsync();
        _log.Clear();
    }

    [Test]
    public async Task While_storage_fails_health_and_log_give_the_reason()
    {
        await using var stream = await RunningAsync("so far");
        Assert.That(await HealthAsync(), Is.EqualTo((200, "Healthy")));

        Database.Fails = true;
        await TurnAsync();
        await _log.LineAsync(line =>
            line is { Level: LogLevel.Error, Text: "The database did not take the text of 1 running answers." }, Token);
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.That(await HealthAsync(), Is.EqualTo((503, "Unhealthy\nThe database has taken nothing for 3 s.")));
        Assert.That(
            (int)(await User.Http.GetAsync("/health/live", Token)).StatusCode, Is.EqualTo(200), "a restart would not help");
        Assert.That(
            (await User.FindAsync(stream.GenerationId)).GetProperty("state").GetString(), Is.EqualTo("running"), "it may pass");
    }

    [Test]
    public async Task A_text_that_the_filter_withdraws_while_storage_fails_is_shown_to_nobody()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("Stolen").Wait(gate).FilterAnnotation(9, 1, 9, violation: true).Finish("stop").Done());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("Stolen");
        Database.Fails = true;
        gate.Open();
        await stream.ToEndAsync();

        Assert.That(stream.Frames[^3].Data, Does.EndWith("\"withdrawn\":true}"));
        await using var again = await (await User.AttachAsync(stream.GenerationId)).ToEndAsync();
        var state = await User.FindAsync(stream.GenerationId);
        Assert.That(
            again.Frames.Select(frame => frame.Event), Is.EqualTo(new[] { "start", "snapshot", "finish", "stop" }));
        Assert.That(again.Text + state.GetRawText() + again.Frames[1].Data, Does.Not.Contain("Stolen"));
        Database.Fails = false;
        await HealthyAsync();
        Assert.That((await StoredAsync(stream)).GetProperty("text").GetString(), Is.Empty);
    }

    [Test]
    public async Task A_short_fault_loses_nothing_and_is_not_reported()
    {
        var gate = new Gate();
        await using var stream = await RunningAsync("so far", gate);
        Database.Fails = true;
        await TurnAsync();
        Database.Fails = false;
        await HealthyAsync();

        gate.Open();
        await stream.ToEndAsync();

        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        Assert.That((await StoredAsync(stream)).GetProperty("text").GetString(), Is.EqualTo("so far"));
    }

    [Test]
    public async Task Health_recovers_after_the_affected_answers_have_ended()
    {
        var gate = new Gate();
        await using var stream = await RunningAsync("so far", gate);
        Database.Fails = true;
        await TurnAsync();
        await _log.LineAsync(line => line.Level == LogLevel.Error, Token);
        Database.Fails = false;
        gate.Open();
        await stream.ToEndAsync();

        // Nothing is running and nothing is left to be stored.
        await HealthyAsync();
    }

    [Test]
    public async Task After_the_patience_running_answers_end_and_are_stored_once_storage_works()
    {
        await using var stream = await RunningAsync("so far");
        Database.Fails = true;
        await TurnAsync();
        await _log.LineAsync(line => line.Level == LogLevel.Error, Token);
        _time.Advance(Patience + TimeSpan.FromSeconds(1));

        await stream.ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo("so far"));
        Assert.That(stream.Frames[^3..].Select(frame => (frame.Event, frame.Data)), Is.EqualTo(new[]
        {
            ("failure", NotStored), ("finish", """{"reason":"failed"}"""), ("stop", "stopped"),
        }));
        Assert.That((await (await AskedAsync()).Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        Assert.That((await HealthAsync()).Status, Is.EqualTo(503));
        Assert.That(_log.Lines.Select(line => line.Text), Has.Some.EqualTo("An answer could not be stored."));

        Database.Fails = false;
        await HealthyAsync();
        var stored = await StoredAsync(stream);
        Assert.That(stored.GetProperty("text").GetString(), Is.EqualTo("so far"));
        Assert.That(stored.GetProperty("finishReason").GetString(), Is.EqualTo("failed"));
        Assert.That(stored.GetProperty("failure").GetRawText(), Is.EqualTo(NotStored));
    }

    [Test]
    public async Task An_end_that_cannot_be_stored_is_reported_and_stored_later()
    {
        var gate = new Gate();
        await using var stream = await RunningAsync("so far", gate);
        Database.Fails = true;
        gate.Open();

        await stream.ToEndAsync();

        Assert.That(
            stream.Frames[^2].Data, Is.EqualTo("""{"reason":"failed"}"""),
            "an answer that is not stored is not reported as completed");
        Assert.That((await HealthAsync()).Status, Is.EqualTo(503));
        Database.Fails = false;
        await HealthyAsync();
        Assert.That((await StoredAsync(stream)).GetProperty("text").GetString(), Is.EqualTo("so far"));
    }

    [Test]
    public async Task Readers_get_text_while_a_checkpoint_hangs()
    {
        var tokens = new Gate();
        Answers(
            "Hi",
            Enumerable.Range(0, 20).Aggregate(Script.Start().Text("a"), (script, i) => script.Wait(tokens).Text($"{i} "))
            .Finish("stop").Done());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("a");
        var hold = Database.Hold = new Gate();
        _time.Advance(Turn);
        await hold.Reached.WaitAsync(Token);

        for (var i = 0; i < 20; i++)
        {
            tokens.LetOne();
            await stream.UntilTextAsync($"{i} ");
        }

        Database.Hold = null;
        hold.Open();
        await stream.ToEndAsync();
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
    }

    [Test]
    public async Task A_hanging_checkpoint_also_ends_the_answers_after_the_patience()
    {
        await using var stream = await RunningAsync("so far");
        var hold = Database.Hold = new Gate();
        var watched = _time.NextAsync(Patience, Token);
        _time.Advance(Turn);
        await hold.Reached.WaitAsync(Token);
        await watched;

        _time.Advance(Patience);

        await stream.ToEndAsync();
        Assert.That(stream.Frames[^3].Data, Is.EqualTo(NotStored), "told while it still hangs");
        await _log.LineAsync(
            line =>
                line is { Level: LogLevel.Error, Text: "The database has not answered for 00:00:10. Running answers are ended." },
                Token);
        Assert.That((await HealthAsync()).Status, Is.EqualTo(503));
        Database.Hold = null;
        hold.Open();
        await HealthyAsync();
        var stored = await StoredAsync(stream);
        Assert.That(stored.GetProperty("text").GetString(), Is.EqualTo("so far"));
        Assert.That(stored.GetProperty("failure").GetRawText(), Is.EqualTo(NotStored));
    }

    [Test]
    public async Task An_answer_that_ends_while_a_commit_hangs_is_told_in_time_and_stored_as_told()
    {
        var gate = new Gate();
        await using var stream = await RunningAsync("so far", gate);
        var generation = Running(stream);
        var hold = Database.Hold = new Gate();
        var watched = _time.NextAsync(Patience, Token);
        _time.Advance(Turn);
        await hold.Reached.WaitAsync(Token);
        await watched;
        watched = _time.NextAsync(Patience, Token);
        gate.Open();
        Assert.That((await generation.Ended.WaitAsync(Token)).Reason, Is.EqualTo(FinishReason.Completed));
        await watched;

        _time.Advance(Patience);

        await stream.ToEndAsync();
        Assert.That(stream.Frames[^3].Data, Is.EqualTo(NotStored));
        Database.Hold = null;
        hold.Open();
        await HealthyAsync();
        var stored = await StoredAsync(stream);
        Assert.That(
            (stored.GetProperty("text").GetString(), stored.GetProperty("finishReason").GetString()),
            Is.EqualTo(("so far", "failed")));
    }

    [Test]
    public async Task A_stop_while_the_database_hangs_is_answered()
    {
        await using var stream = await RunningAsync("so far");
        await TurnAsync();
        var hold = Database.Hold = new Gate();
        var watched = _time.NextAsync(Patience, Token);
        var stopping = User.StopAsync(stream.GenerationId);
        await hold.Reached.WaitAsync(Token);
        await watched;

        _time.Advance(Patience);

        using var stopped = await stopping;
        Assert.That((int)stopped.StatusCode, Is.EqualTo(204));
        await stream.ToEndAsync();
        Assert.That(stream.Frames[^3].Data, Is.EqualTo(NotStored));
    }

    [Test]
    public async Task A_start_while_the_database_hangs_is_refused_and_stores_nothing_later()
    {
        await User.IdentifyAsync();
        var hold = Database.Hold = new Gate();
        var watched = _time.NextAsync(Patience, Token);
        var starting = User.JsonAsync(ChatClient.Post(new { message = "Hi" }));
        await hold.Reached.WaitAsync(Token);
        await watched;

        _time.Advance(Patience);

        var (refused, problem) = await starting;
        Assert.That(
            ((int)refused.StatusCode, problem.GetProperty("code").GetString()), Is.EqualTo((503, "maybe_stored")));
        Assert.That(App.Services.GetRequiredService<GenerationRegistry>().Running, Is.Empty);
        Database.Hold = null;
        hold.Open();
        await HealthyAsync();
        Assert.That(await User.Http.GetStringAsync("/conversations", Token), Is.EqualTo("""{"conversations":[]}"""));
    }

    [Test]
    public async Task A_deletion_that_meets_a_start_that_is_refused_does_not_wait_for_ever()
    {
        await User.IdentifyAsync();
        var hold = Database.Hold = new Gate();
        var starting = User.Http.SendAsync(ChatClient.Post(new { message = "Hi" }), Token);
        await hold.Reached.WaitAsync(Token);
        var generation = App.Services.GetRequiredService<GenerationRegistry>().Running.Single();

        var deleting = App.Services.GetRequiredService<AnswerStopper>()
            .StopDeletedAsync(generation.Owner, "conversation", [new RunningAnswer(generation.Id, null)]);
        var finding = App.Services.GetRequiredService<AnswerLookup>().FindAsync(generation.Owner, generation.Id, Token);
        var attaching = App.Services.GetRequiredService<AnswerLookup>()
            .AttachAsync(generation.Owner, generation.Id, after: null, Token);
        Database.Fails = true;
        Database.Hold = null;
        hold.Open();

        using var refused = await starting;
        Assert.That((int)refused.StatusCode, Is.EqualTo(503));
        await deleting.WaitAsync(Token);
        Assert.ThrowsAsync<RefusedException>(() => finding.WaitAsync(Token));
        Assert.ThrowsAsync<RefusedException>(() => attaching.WaitAsync(Token));
    }

    [Test]
    public async Task Health_fails_although_nothing_runs()
    {
        Assert.That(await HealthAsync(), Is.EqualTo((200, "Healthy")));
        Database.Fails = true;
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.That(await HealthAsync(), Is.EqualTo((503, "Unhealthy\nThe database does not take what is written.")));
    }

    [Test]
    public async Task Health_writes_at_most_once_a_second()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await HealthAsync();
        var before = Database.Attempts;

        for (var i = 0; i < 10; i++)
            await HealthAsync();

        Assert.That(Database.Attempts, Is.EqualTo(before));
    }

    [Test]
    public async Task A_start_that_cannot_be_stored_is_reported_by_health_at_once()
    {
        await User.IdentifyAsync();
        Assert.That((await HealthAsync()).Status, Is.EqualTo(200));
        Database.Fails = true;

        using var response = await User.Http.SendAsync(ChatClient.Post(new { message = "Hi" }), Token);

        Assert.That(await HealthAsync(), Is.EqualTo((503, "Unhealthy\nThe database has taken nothing for 0 s.")));
    }

    [Test]
    public async Task A_start_that_cannot_be_stored_is_a_503_and_asks_no_model()
    {
        await User.IdentifyAsync();
        Database.Fails = true;

        using var response = await User.Http.SendAsync(ChatClient.Post(new { message = "Hi" }), Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(503));
        Assert.That(await response.Content.ReadAsStringAsync(Token), Is.EqualTo(
            """{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The database cannot be written to. Nothing was started or changed.","code":"not_stored"}"""));
        Assert.That(response.Headers.RetryAfter!.ToString(), Is.EqualTo("5"));
        Assert.That(Asked, Is.Zero);
        Assert.That(App.Services.GetRequiredService<GenerationRegistry>().Running, Is.Empty);
    }

    private Generation Running(EventStream stream) => App.Services.GetRequiredService<GenerationRegistry>()
        .Running.Single(running => running.Id == stream.GenerationId);

    private async Task<EventStream> RunningAsync(string text, Gate? gate = null)
    {
        Answers(
            "Hi", gate is null ? Script.Start().Text(text).Stall() : Script.Start().Text(text).Wait(gate).Finish("stop").Done());
        var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync(text);
        return stream;
    }

    private async Task TurnAsync()
    {
        var ended = Database.MoreAsync(1, Token);
        _time.Advance(Turn);
        await ended;
    }

    private async Task<(int Status, string Text)> HealthAsync()
    {
        using var response = await User.Http.GetAsync("/health/ready", Token);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    private async Task HealthyAsync()
    {
        while ((await HealthAsync()).Status != 200)
        {
            Token.ThrowIfCancellationRequested();
            _time.Advance(Turn);
        }
    }

    /// <summary>The answer as another life of the app finds it.</summary>
    private async Task<System.Text.Json.JsonElement> StoredAsync(EventStream stream)
    {
        await RestartAsync();
        return await User.FindAsync(stream.GenerationId);
    }
}
