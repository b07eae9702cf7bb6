using System.Buffers;
using System.Text.Json;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Checkpoints;

/// <summary>What the checkpoint loop writes, and when.</summary>
internal sealed class CheckpointLoopTests(DatabaseKind kind) : StoreTest(kind)
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(250);

    private WatchedTime _time = null!;
    private CountingDatabase _database = null!;
    private FaultyDatabase _ends = null!;
    private GenerationRegistry _registry = null!;
    private CheckpointLoop _checkpoints = null!;

    [SetUp]
    public async Task StartLoopAsync()
    {
        _time = new WatchedTime();
        _database = new CountingDatabase(Store.Database);
        _registry = new GenerationRegistry(Options.Create(new GenerationOptions()), Store.Time);
        var store = new CheckpointJournal(_database, Store.Instance);
        _ends = new FaultyDatabase(Store.Database);
        var conversations = new EndStore(_ends, TestStore.Tokens, Store.Instance, Store.Time);
        _checkpoints = new CheckpointLoop(
            store, conversations, Store.Instance, Store.Instances, _registry, Options.Create(new GenerationOptions()), _time,
            NullLogger<CheckpointLoop>.Instance);
        // The loop starts in the background, and time that passes before that does not count for it.
        var begun = _time.NextAsync(Turn, Token);
        await _checkpoints.StartAsync(Token);
        await begun;
    }

    [TearDown]
    public async Task StopLoopAsync()
    {
        _ends.Fails = false; // a stop stores what waits
        await _checkpoints.StopAsync(CancellationToken.None);
        _checkpoints.Dispose();
        _registry.Dispose();
        await _ends.DisposeAsync();
    }

    [Test]
    public async Task One_transaction_keeps_all_running_answers()
    {
        var generations = new List<Generation>();
        for (var i = 0; i < 50; i++)
            generations.Add(await BeginAsync($"Answer {i} "));

        await TurnAsync();

        Assert.That(_database.Writes, Is.EqualTo(1));
        Assert.That(await CountAsync("Checkpoints"), Is.EqualTo(1));
        Assert.That(await PiecesAsync(), Has.Count.EqualTo(50));
    }

    [Test]
    public async Task Only_new_text_is_written()
    {
        var (one, two) = (await BeginAsync("a"), await BeginAsync("b"));
        await TurnAsync();
        one.AppendText("c");
        one.AppendReasoning("why");
        await TurnAsync();
        // Nothing is new for ten turns.
        for (var i = 0; i < 10; i++)
            _time.Advance(Turn);
        two.AppendText("d");
        await TurnAsync();

        Assert.That(_database.Writes, Is.EqualTo(3));
        var pieces = await PiecesAsync();
        Assert.That(
            pieces.Where(piece => piece.MessageId == one.Id).Select(piece => (piece.Number, piece.Text, piece.Reasoning)),
            Is.EqualTo(new[] { (0, "a", null), (1, "c", "why") }));
        Assert.That(
            pieces.Where(piece => piece.MessageId == two.Id).Select(piece => (piece.Number, piece.Text)),
            Is.EqualTo(new[] { (0, "b"), (1, "d") }));
    }

    [Test]
    public async Task Text_streamed_during_a_commit_goes_with_the_next()
    {
        var generation = await BeginAsync("first ");
        var gate = _database.Hold = new Emulator.Gate();
        var written = _database.WrittenAsync(1, Token);
        _time.Advance(Turn);
        await gate.Reached.WaitAsync(Token);

        generation.AppendText("second ");
        Assert.That(
            generation.Frames.Count, Is.EqualTo(5),
            "the loop that reads the model has long gone on: start, two phases, two texts");
        _database.Hold = null;
        gate.Open();
        await written;
        await TurnAsync();

        await Store.ReopenAsync();
        Assert.That((await MessageAsync(generation.Id)).Text, Is.EqualTo("first second "));
    }

    [Test]
    public async Task An_ended_answer_is_not_written_again()
    {
        var (ended, running) = (await BeginAsync("a"), await BeginAsync("b"));
        ended.TryEnd(FinishReason.Completed);

        await TurnAsync();

        Assert.That((await PiecesAsync()).Select(piece => piece.MessageId), Is.EqualTo(new[] { running.Id }));
    }

    [Test]
    public async Task When_nothing_runs_one_write_empties_the_journal()
    {
        var (one, two) = (await BeginAsync("a"), await BeginAsync("b"));
        await TurnAsync();
        await Store.Library.DeleteAsync(Ada, two.Start.ConversationId);
        Close(two);
        await TurnAsync(one, "c");
        Assert.That(await CountAsync("Checkpoints"), Is.EqualTo(2), "the other one still needs the first");

        Close(one);
        await TurnAsync();
        Assert.That(await CountAsync("Checkpoints"), Is.Zero, "of what was deleted nothing is left");
        for (var i = 0; i < 10; i++)
            _time.Advance(Turn);
        await TurnAsync(await BeginAsync("d"), "e");
        Assert.That(_database.Writes, Is.EqualTo(4), "no write while nothing runs");
    }

    [Test]
    public async Task Rows_needed_only_by_ended_answers_are_removed_while_others_run()
    {
        var one = await BeginAsync("a");
        await TurnAsync();
        var two = await BeginAsync("b");
        await TurnAsync();
        Close(one);

        await TurnAsync(two, "c");

        Assert.That((await PiecesAsync()).Select(piece => piece.Text), Is.EqualTo(new[] { "b", "c" }));
    }

    [Test]
    public async Task The_rows_of_an_answer_with_a_lost_end_are_kept_for_recovery()
    {
        var lost = await BeginAsync("a");
        await TurnAsync();
        _checkpoints.LeaveOrphaned(lost);
        Close(lost);
        await TurnAsync(await BeginAsync("b"), "c");

        await Store.ReopenAsync();

        Assert.That((await MessageAsync(lost.Id)).Text, Is.EqualTo("a"));
    }

    [Test]
    public async Task The_rows_of_an_answer_are_kept_until_its_end_is_stored()
    {
        var earlier = await BeginAsync("0");
        await TurnAsync();
        var waiting = await BeginAsync("a");
        await TurnAsync();
        var running = await BeginAsync("b");
        await TurnAsync();
        await TurnAsync(waiting, "c");
        Close(earlier);
        _ends.Fails = true;
        EndUnstored(waiting);

        await TriedTurnAsync(running, "d");
        Assert.That(
            await TextsAsync(), Is.EqualTo(new[] { "a", "b", "c", "d" }), "what only the earlier one needed goes meanwhile");
        await TriedTurnAsync(running, "e");
        Assert.That(await TextsAsync(), Is.EqualTo(new[] { "a", "b", "c", "d", "e" }));
        Assert.That((await Store.Stored.FindAsync(Ada, waiting.Id, Token))!.Text, Is.EqualTo("ac"));

        _ends.Fails = false;
        await TriedTurnAsync(running, "f");
        Assert.That(
            ((await MessageAsync(waiting.Id)).Text, (await MessageAsync(waiting.Id)).FinishReason),
            Is.EqualTo(("ac", (FinishReason?)FinishReason.Failed)));
        await TurnAsync(running, "g");
        Assert.That(
            await TextsAsync(), Is.EqualTo(new[] { "b", "c", "d", "e", "f", "g" }),
            "the checkpoint that has only the waiting one's is gone");
    }

    [Test]
    public async Task An_end_that_waits_while_nothing_runs_keeps_the_journal_until_it_is_stored()
    {
        var waiting = await BeginAsync("a");
        await TurnAsync();
        _ends.Fails = true;
        EndUnstored(waiting);
        await TriedTurnAsync();
        await TriedTurnAsync();
        Assert.That(await TextsAsync(), Is.EqualTo(new[] { "a" }));

        _ends.Fails = false;
        await TriedTurnAsync();
        Assert.That((await MessageAsync(waiting.Id)).Text, Is.EqualTo("a"));
        await TurnAsync();
        Assert.That(await CountAsync("Checkpoints"), Is.Zero);
    }

    [Test]
    public async Task A_crash_while_an_end_waits_recovers_all_kept_text()
    {
        var waiting = await BeginAsync("a");
        await TurnAsync();
        await TurnAsync(waiting, "b");
        _ends.Fails = true;
        EndUnstored(waiting);
        await TriedTurnAsync(await BeginAsync("c"), "d");

        await Store.ReopenAsync();

        Assert.That(
            ((await MessageAsync(waiting.Id)).Text, (await MessageAsync(waiting.Id)).FinishReason),
            Is.EqualTo(("ab", (FinishReason?)FinishReason.Interrupted)));
    }

    [Test]
    public async Task An_end_that_waits_is_stored_when_the_app_stops()
    {
        var waiting = await BeginAsync("a");
        await TurnAsync();
        waiting.AppendText("b");
        _ends.Fails = true;
        EndUnstored(waiting);
        var (tried, paused) = (_ends.MoreAsync(1, Token), _time.NextAsync(Turn, Token));
        var stopping = _checkpoints.StopAsync(Token);
        await tried;
        await paused;

        _ends.Fails = false;
        _time.Advance(Turn);

        await stopping;
        Assert.That(
            ((await MessageAsync(waiting.Id)).Text, (await MessageAsync(waiting.Id)).FinishReason),
            Is.EqualTo(("ab", (FinishReason?)FinishReason.Failed)));
    }

    [Test]
    public async Task A_stop_does_not_wait_for_ever_for_ends_that_cannot_be_stored()
    {
        var waiting = await BeginAsync("a");
        _ends.Fails = true;
        EndUnstored(waiting);
        var paused = _time.NextAsync(Turn, Token);
        var stopping = _checkpoints.StopAsync(Token);
        await paused;

        _time.Advance(TimeSpan.FromSeconds(10));

        await stopping;
        Assert.That((await MessageAsync(waiting.Id)).IsRunning, "the next process ends it");
    }

    private void EndUnstored(Generation generation)
    {
        generation.TryEnd(FinishReason.Failed);
        _checkpoints.Retry(generation, generation.ToStored(generation.Ended.Result));
        generation.Close(generation.Ended.Result);
    }

    private static void Close(Generation generation)
    {
        generation.TryEnd(FinishReason.Completed);
        generation.Close(generation.Ended.Result);
    }

    private async Task<List<CheckpointPart>> PiecesAsync()
    {
        await using var db = Store.Database.ReadAs(default);
        var rows = await db.Checkpoints.OrderBy(checkpoint => checkpoint.Id).Select(checkpoint => checkpoint.Pieces)
            .ToListAsync(Token);
        return [.. rows.SelectMany(json => JsonSerializer.Deserialize(json, CheckpointJson.Parts.IReadOnlyListCheckpointPart)!)];
    }

    private async Task<IEnumerable<string>> TextsAsync() => (await PiecesAsync()).Select(piece => piece.Text);

    /// <summary>Runs one turn until it has tried to store the waiting end.</summary>
    private async Task TriedTurnAsync(Generation? generation = null, string text = "")
    {
        var tried = _ends.MoreAsync(1, Token);
        generation?.AppendText(text);
        await TurnAsync();
        await tried;
    }

    private Task TurnAsync(Generation generation, string text)
    {
        generation.AppendText(text);
        return TurnAsync();
    }

    private async Task<Generation> BeginAsync(string text)
    {
        var start = await StartAsync("Hello");
        var generation = new Generation(start.GenerationId, Ada, MemoryPool<byte>.Shared, TimeProvider.System);
        _registry.Add(generation);
        generation.Begin(start);
        generation.AppendText(text);
        return generation;
    }

    /// <summary>Runs one turn until its write is committed.</summary>
    private async Task TurnAsync()
    {
        var written = _database.WrittenAsync(_database.Writes + 1, Token);
        _time.Advance(Turn);
        await written;
        // The loop learns of the commit shortly after it.
        while (_registry.Running.Any(generation => generation.Uncommitted() is not null))
            await Task.Yield();
    }
}
