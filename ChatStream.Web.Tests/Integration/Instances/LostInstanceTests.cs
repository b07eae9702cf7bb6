using System.Diagnostics;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Proxy;
using Npgsql;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>An instance dies, stops, or stands still, while readers elsewhere read what it runs.</summary>
internal sealed class LostInstanceTests
{
    private static readonly TimeSpan MostUntilInterrupted = TimeSpan.FromSeconds(15);

    private InstanceGroup _group = null!;
    private ChatClient _user = null!;
    private ChatClient _elsewhere = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _group = await InstanceGroup.StartAsync(2, CancellationToken.None);
        _user = await _group.NewUserAsync(0);
        _elsewhere = _group.At(1, _user);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _user.Dispose();
        _elsewhere.Dispose();
        await _group.DisposeAsync();
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_killed_instances_answer_is_interrupted_at_a_reader_elsewhere(CancellationToken timeout)
    {
        _group.Emulator.Enqueue(Script.Start().Text("so far").Stall());
        await using var here = await _user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        await KeptAsync(here.GenerationId, timeout);
        await using var there = await _elsewhere.AttachAsync(here.GenerationId, cancellationToken: timeout);
        await there.UntilTextAsync("so far");

        await _group.Processes[0].KillAsync();
        var watch = Stopwatch.StartNew();
        await using var rest = await AttachUntilServedAsync(here.GenerationId, $"{here.GenerationId}.2", timeout);
        await rest.ToEndAsync();

        Assert.That(rest.Frames.Select(frame => frame.Event), Is.EqualTo(new[] { "start", "snapshot", "finish", "stop" }));
        Assert.That(rest.Frames[1].Text, Is.EqualTo("so far"));
        Assert.That(rest.Frames[2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
        if (Soak.IsOn)
            Assert.That(watch.Elapsed, Is.LessThan(MostUntilInterrupted));
        _group.Emulator.Enqueue(Script.Answer("On"));
        var next = await _elsewhere.AskAsync("Go on", here.ConversationId);
        Assert.That(next.GetProperty("text").GetString(), Is.EqualTo("On"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task While_the_owner_cannot_be_reached_and_counts_as_alive_the_answer_is_elsewhere(CancellationToken timeout)
    {
        _group.Emulator.Enqueue(Script.Start().Text("so far").Stall());
        await using var here = await _user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        await _group.Processes[0].KillAsync();
        // It counts as alive for as long as the test needs.
        await using (var database = new NpgsqlConnection(_group.Database.Place))
        {
            await database.OpenAsync(timeout);
            await using var lengthen = new NpgsqlCommand(
                """UPDATE "Instances" SET "AliveUntil" = clock_timestamp() + interval '1 hour'""", database);
            await lengthen.ExecuteNonQueryAsync(timeout);
        }

        var (response, problem) =
            await _elsewhere.JsonAsync(new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{here.GenerationId}"));

        Assert.That(
            ((int)response.StatusCode, problem.GetProperty("code").GetString(), response.Headers.RetryAfter?.ToString()),
            Is.EqualTo((503, "answer_elsewhere", "1")));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_stopping_instance_tells_readers_elsewhere_and_the_answer_goes_on_at_once(CancellationToken timeout)
    {
        _group.Emulator.Enqueue(Script.Start().Text("so far").Stall());
        await using var here = await _user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        await using var there = await _elsewhere.AttachAsync(here.GenerationId, cancellationToken: timeout);
        await there.UntilTextAsync("so far");

        _group.Processes[0].Terminate();
        await there.ToEndAsync();
        _group.Emulator.Enqueue(Script.Answer(" and on"));
        var next = await _elsewhere.JsonAsync(ChatClient.Post(new { parentId = here.GenerationId }, "application/json"));

        Assert.That(there.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
        Assert.That(next.Body.GetProperty("text").GetString(), Is.EqualTo(" and on"));
        Assert.That(await _group.Processes[0].Exited.WaitAsync(timeout), Is.Zero);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_stopping_instance_lets_go_of_readers_whose_answers_run_elsewhere(CancellationToken timeout)
    {
        var gate = new Gate();
        _group.Emulator.Enqueue(Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        await using var here = await _user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        await using var there = await _elsewhere.AttachAsync(here.GenerationId, cancellationToken: timeout);
        await there.UntilTextAsync("so far");

        _group.Processes[1].Terminate();

        Assert.That(await _group.Processes[1].Exited.WaitAsync(timeout), Is.Zero);
        gate.Open();
        await here.ToEndAsync();
        Assert.That(here.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_draining_instance_serves_its_readers_to_the_end_and_nginx_takes_its_starts_to_the_others(
        CancellationToken timeout)
    {
        await _group.AddAsync(1, settings: ("Generation:DrainFor", "00:01:00"));
        var draining = _group.Processes[2];
        using var owner = _group.At(2, _user);
        await using var nginx = await _group.StartNginxAsync();
        var gate = new Gate();
        _group.Emulator.On(request => request.LastUserMessage == "Hi"
            ? Script.Start().Text("so far").Wait(gate).Text(" and on").Finish("stop").Done()
            : Script.Answer(request.LastUserMessage));
        await using var here = await owner.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        await using var before = await _elsewhere.AttachAsync(here.GenerationId, cancellationToken: timeout);
        await before.UntilTextAsync("so far");
        draining.Terminate();
        await draining.LineAsync("Stopping: 1 generations");

        await using var after = await _elsewhere.AttachAsync(here.GenerationId, cancellationToken: timeout);
        await after.UntilTextAsync("so far");
        var (refused, problem) = await owner.JsonAsync(ChatClient.Post(new { message = "To it" }));
        // Three instances in turn: each request lands on another one.
        var asked = Enumerable.Range(0, 9).Select(n => $"Meanwhile {n}").ToList();
        foreach (var message in asked)
        {
            using var visitor = new ChatClient(nginx.Address);
            await using var answer = await visitor.StartAsync(message, timeout);
            await answer.ToEndAsync();
            Assert.That((answer.Text, answer.Frames[^1].Data), Is.EqualTo((message, "stopped")));
            foreach (var once in new[] { "Set-Cookie", "Cache-Control" })
                Assert.That(answer.Response.Headers.NonValidated[once], Has.Count.EqualTo(1), once);
        }
        Assert.That(draining.Exited.IsCompleted, Is.False, "it refused every third");
        gate.Open();
        await Task.WhenAll(here.ToEndAsync(), before.ToEndAsync(), after.ToEndAsync()).WaitAsync(timeout);

        Assert.That((here.Text, here.Frames[^2].Data), Is.EqualTo(("so far and on", """{"reason":"completed"}""")));
        Assert.That(before.Frames, Is.EqualTo(here.Frames));
        Assert.That(after.Frames, Is.EqualTo(here.Frames));
        Assert.That(
            ((int)refused.StatusCode, problem.GetProperty("code").GetString()), Is.EqualTo((503, "server_stopping")));
        Assert.That(refused.Headers.Contains("X-Accel-Redirect"), Is.False, "no nginx asked for it");
        Assert.That(
            _group.Emulator.Requests.Select(request => request.LastUserMessage), Is.EquivalentTo(asked.Prepend("Hi")),
            "each asked for once");
        Assert.That(await draining.Exited.WaitAsync(timeout), Is.Zero);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Where_all_instances_stop_a_start_through_nginx_is_told_so(CancellationToken timeout)
    {
        await _group.AddAsync(1, settings: ("Generation:DrainFor", "00:01:00"));
        using var owner = _group.At(2, _user);
        await using var nginx = await NginxServer.StartInFrontOfAsync(_group.Processes[2].Address);
        using var through = new ChatClient(nginx.Address, _user.Cookies);
        _group.Emulator.Enqueue(Script.Start().Text("so far").Stall());
        await using var here = await owner.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        _group.Processes[2].Terminate();
        await _group.Processes[2].LineAsync("Stopping: 1 generations");

        var (refused, problem) = await through.JsonAsync(ChatClient.Post(new { message = "To it" }));

        Assert.That(
            ((int)refused.StatusCode, problem.GetProperty("code").GetString(), refused.Headers.RetryAfter?.ToString()),
            Is.EqualTo((503, "server_stopping", "5")));
        (await owner.StopAsync(here.GenerationId)).Dispose();
        Assert.That(await _group.Processes[2].Exited.WaitAsync(timeout), Is.Zero);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task An_instance_that_stood_still_for_too_long_tells_no_reader_completed(CancellationToken timeout)
    {
        var gate = new Gate();
        _group.Emulator.Enqueue(Script.Start().Text("so far").Wait(gate).Text(" and on").Finish("stop").Done());
        await using var here = await _user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        await KeptAsync(here.GenerationId, timeout);
        RealProcess.Signal(_group.Processes[0].Id, RealProcess.Stop);

        await using var rest = await AttachUntilServedAsync(here.GenerationId, lastEventId: null, timeout);
        await rest.ToEndAsync();
        gate.Open();
        RealProcess.Signal(_group.Processes[0].Id, RealProcess.Continue);
        await here.ToEndAsync();

        Assert.That(rest.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
        Assert.That(here.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
        var stored = await _elsewhere.FindAsync(here.GenerationId);
        Assert.That(
            (stored.GetProperty("text").GetString(), stored.GetProperty("finishReason").GetString()),
            Is.EqualTo(("so far", "interrupted")));
        while (!(await _user.Http.GetAsync("/health/ready", timeout)).IsSuccessStatusCode)
            timeout.ThrowIfCancellationRequested();
        _group.Emulator.Enqueue(Script.Answer("Again"));
        Assert.That((await _user.AskAsync("Back?")).GetProperty("text").GetString(), Is.EqualTo("Again"), "it goes on");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Instances_that_begin_at_once_with_an_empty_database_all_serve(CancellationToken timeout)
    {
        await using var group = await InstanceGroup.StartAsync(3, timeout, migrated: false);
        using var user = await group.NewUserAsync(0);

        for (var n = 0; n < 3; n++)
        {
            group.Emulator.Enqueue(Script.Answer($"From {n}"));
            using var there = group.At(n, user);
            Assert.That((await there.AskAsync("Hi")).GetProperty("text").GetString(), Is.EqualTo($"From {n}"));
            Assert.That(await there.Http.GetStringAsync("/health/ready", timeout), Is.EqualTo("Healthy"));
        }
        Assert.That(await user.Http.GetStringAsync("/conversations", timeout), Does.Contain("Hi"), "one user everywhere");
    }

    // A page goes on trying in the same way.
    private async Task<EventStream> AttachUntilServedAsync(string id, string? lastEventId, CancellationToken timeout)
    {
        while (true)
        {
            try
            {
                return await _elsewhere.AttachAsync(id, lastEventId, timeout);
            }
            catch (InvalidOperationException refused)
                when (refused.Message.Contains("answer_elsewhere", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, timeout);
            }
        }
    }

    // What was streamed is in the database soon.
    private async Task KeptAsync(string id, CancellationToken timeout)
    {
        var database = _group.Database.ForProcess();
        await using var _ = (IAsyncDisposable)database;
        while (true)
        {
            await using var db = database.ReadAs(default);
            if (db.Checkpoints.AsEnumerable().Any(row => row.Pieces.Contains(id, StringComparison.Ordinal)))
                return;
            timeout.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
