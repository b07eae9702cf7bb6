using System.Buffers;
using ChatStream.Emulator;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using ChatStream.Web.Tests.Streaming;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Checkpoints;

/// <summary>The checkpoint loop where readers wait for its commits, and what a crash leaves for them.</summary>
internal sealed class ShownAfterCommitLoopTests(DatabaseKind kind) : StoreTest(kind)
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan WhileItFails = TimeSpan.FromMilliseconds(250);

    private WatchedTime _time = null!;
    private CountingDatabase _database = null!;
    private FaultyDatabase _faulty = null!;
    private GenerationRegistry _registry = null!;
    private CheckpointLoop _checkpoints = null!;

    [SetUp]
    public async Task StartLoopAsync()
    {
        var options = Options.Create(new GenerationOptions { Show = ShowFrames.AfterCommit });
        _time = new WatchedTime();
        _faulty = new FaultyDatabase(Store.Database);
        _database = new CountingDatabase(_faulty);
        _registry = new GenerationRegistry(options, Store.Time);
        _checkpoints = new CheckpointLoop(
            new CheckpointJournal(_database, Store.Instance), Store.Ends, Store.Instance, Store.Instances,
            _registry, options, _time,
            NullLogger<CheckpointLoop>.Instance);
        var begun = _time.NextAsync(Turn, Token);
        await _checkpoints.StartAsync(Token);
        await begun;
    }

    [TearDown]
    public async Task StopLoopAsync()
    {
        _faulty.Fails = false;
        await _checkpoints.StopAsync(CancellationToken.None);
        _checkpoints.Dispose();
        _registry.Dispose();
        await _faulty.DisposeAsync();
    }

    [Test]
    public async Task Readers_see_text_when_its_commit_has_been_acknowledged()
    {
        var generation = await BeginAsync("first ");
        using var reader = generation.Frames.OpenReader(1, CancellationToken.None);
        var gate = _database.Hold = new Gate();
        _time.Advance(Turn);
        await gate.Reached.WaitAsync(Token);
        Assert.That(reader.TakeItems(), Is.Empty);
        var woken = reader.WaitAsync().AsTask();
        generation.AppendText("second ");
        Assert.That(woken.IsCompleted, Is.False);

        _database.Hold = null;
        gate.Open();
        await woken.WaitAsync(Token);

        Assert.That(reader.TakeItems()[^1], Is.EqualTo("""3 {"text":"first "}"""));
        await TurnAsync();
        Assert.That(reader.TakeItems(), Is.EqualTo(new[] { """4 {"text":"second "}""" }));
    }

    [Test]
    public async Task One_transaction_shows_the_text_of_all_answers_and_nothing_is_written_where_nothing_is_new()
    {
        var generations = new List<Generation>();
        for (var i = 0; i < 20; i++)
            generations.Add(await BeginAsync($"Answer {i} "));

        await TurnAsync();
        for (var i = 0; i < 20; i++)
            _time.Advance(Turn);

        Assert.That(_database.Writes, Is.EqualTo(1));
        Assert.That(generations.Select(generation => generation.ToAnswer().Text),
            Is.EqualTo(Enumerable.Range(0, 20).Select(i => $"Answer {i} ")));
    }

    [Test]
    public async Task A_database_that_fails_is_asked_four_times_a_second()
    {
        var generation = await BeginAsync("a");
        var slower = _time.NextAsync(WhileItFails, Token);
        _faulty.Fails = true;
        _time.Advance(Turn);
        await slower;
        Assert.That(generation.ToAnswer().Text, Is.Empty);

        var faster = _time.NextAsync(Turn, Token);
        _faulty.Fails = false;
        _time.Advance(WhileItFails);
        await faster;
        Assert.That(generation.ToAnswer().Text, Is.EqualTo("a"));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(5)]
    public async Task After_a_crash_a_reader_goes_on_after_the_frame_that_it_saw_last(int commits)
    {
        var generation = await BeginAsync(null);
        for (var n = 0; n < commits; n++)
        {
            generation.AppendReasoning($"r{n}");
            generation.AppendText($"{n} 你好🎉\n");
            await TurnAsync();
        }
        generation.AppendText("never seen");
        var seen = generation.Frames.ItemsFrom(0);

        await Store.ReopenAsync();

        var answer = (await Store.Stored.FindAsync(Ada, generation.Id, Token))!;
        // Of an answer that had a word, the use is estimated, and its frame comes before the end.
        var end = seen.Count + (commits == 0 ? 0 : 1);
        Assert.That((answer.FinishReason, answer.LastFrame), Is.EqualTo((FinishReason.Interrupted, end + 2)));
        for (var last = 0; last < seen.Count; last++)
        {
            var rest = FrameOutline.RestAfter(answer, last, MemoryPool<byte>.Shared)!.ItemsFrom(last + 1);
            Assert.That(rest.SkipLast(3 + end - seen.Count), Is.EqualTo(seen.Skip(last + 1)), $"after {last}");
            if (commits > 0)
                Assert.That(rest[^4], Does.StartWith($$"""{{seen.Count}} {"inputTokens":""").And.EndsWith(",\"estimated\":true}"));
            Assert.That(rest.TakeLast(3), Is.EqualTo(new[]
            {
                $$"""{{end}} {"code":"interrupted","message":"The server went away while it answered."}""",
                $$"""{{end + 1}} {"reason":"interrupted"}""", $"{end + 2} stopped",
            }));
        }
    }

    [Test]
    public async Task After_a_commit_whose_acknowledgement_was_lost_the_rest_has_each_frame_once()
    {
        var generation = await BeginAsync("a");
        var part = generation.Uncommitted()!;
        await Store.Checkpoints.AppendAsync([part], keepFrom: 0);
        generation.AppendText("b");
        await Store.Checkpoints.AppendAsync([generation.Uncommitted()!], keepFrom: 0);

        await Store.ReopenAsync();

        var answer = (await Store.Stored.FindAsync(Ada, generation.Id, Token))!;
        Assert.That(FrameOutline.RestAfter(answer, 0, MemoryPool<byte>.Shared)!.ItemsFrom(1).SkipLast(4), Is.EqualTo(new[]
        {
            """1 {"phase":"analyzing"}""", """2 {"phase":"writing"}""", """3 {"text":"a"}""", """4 {"text":"b"}""",
        }));
    }

    private async Task<Generation> BeginAsync(string? text)
    {
        var command = TestStore.Command(new StartRequest { Message = "Hello" }) with { IsShownAfterCommit = true };
        var start = (await Store.StartAsync(Ada, command)).New!;
        var generation = new Generation(
            start.GenerationId, Ada, MemoryPool<byte>.Shared, TimeProvider.System, ShowFrames.AfterCommit);
        _registry.Add(generation);
        generation.Begin(start);
        if (text is not null)
            generation.AppendText(text);
        return generation;
    }

    /// <summary>Runs one turn until what was written is seen.</summary>
    private async Task TurnAsync()
    {
        _time.Advance(Turn);
        while (_registry.Running.Any(generation => generation.Uncommitted() is not null))
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
