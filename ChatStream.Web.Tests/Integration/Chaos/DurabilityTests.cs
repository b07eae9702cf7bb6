using System.Diagnostics;
using System.Globalization;
using ChatStream.Emulator;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>The cost of keeping 500 running answers, and the delay until each word is committed.</summary>
[SoakOnly]
[NonParallelizable] // It measures processor time and delays, so it needs the machine to itself.
internal sealed class DurabilityTests
{
    private const int Running = 500;

    /// <summary>Of the shortest answer: twenty seconds. The others end one by one in the ten seconds after.</summary>
    private const int Tokens = 400;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    // Two commits are a quarter of a second apart, and what one of them says is written within milliseconds.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    private readonly Dictionary<string, object> _figures = [];

    [OneTimeTearDown]
    public void Report() => Soak.Report("durability", _figures);

    [Test]
    [CancelAfter(300_000)]
    public async Task The_text_of_500_answers_is_committed_within_half_a_second(CancellationToken timeout)
    {
        var load = await RunAsync("Debug", timeout);

        var lags =
            load.Readers.SelectMany(reader =>
                reader.Seen.Zip(Lag.Of(reader, load.Commits[reader.GenerationId]), (seen, lag) => (seen.Time, Lag: lag)))
                .ToList();
        var lag = Lag.Summarize(lags.Where(each => each.Time > load.From && each.Time < load.To).Select(each => each.Lag));
        var times = load.Commits.SelectMany(each => each).Select(commit => commit.Time)
            .Where(time => time > load.From && time < load.To).Order().ToList();
        var pauses = times.Zip(times.Skip(1), (one, next) => next - one).Where(pause => pause > Pause).ToList();
        var transactions = pauses.Count + 1;
        _figures["load"] = new
        {
            running = Running,
            tokensPerSecond = Math.Round(lag.Frames / load.Seconds),
            seconds = Math.Round(load.Seconds, 1),
            lagMilliseconds = lag,
            lagMillisecondsWithAllStartsAndEnds = Lag.Summarize(lags.Select(each => each.Lag)),
            transactions,
            transactionsPerSecond = Math.Round(transactions / (times[^1] - times[0]).TotalSeconds, 2),
            longestBetweenTwoMilliseconds = Math.Round(pauses.Max().TotalMilliseconds),
            piecesPerTransaction = Math.Round((double)times.Count / transactions),
        };
        Assert.That(lag.P50, Is.LessThan(250), Lag.Bound);
        Assert.That(transactions, Is.LessThan(times.Count / 100), "one for all that run");
    }

    [Test]
    [CancelAfter(300_000)]
    public async Task Five_hundred_answers_complete_at_the_usual_log_level(CancellationToken timeout)
    {
        var load = await RunAsync("Info", timeout);

        _figures["process"] =
            new
            {
                processorShare = Math.Round(load.ProcessorTime.TotalSeconds / load.Seconds, 3),
                seconds = Math.Round(load.Seconds, 1),
            };
        Assert.That(load.Readers.Select(reader => reader.Finish), Is.All.EqualTo("""{"reason":"completed"}"""));
    }

    [TestCase(DatabaseKind.Sqlite)]
    [TestCase(DatabaseKind.Postgres)]
    public async Task A_checkpoint_of_500_answers_takes_less_than_the_interval(DatabaseKind kind)
    {
        const int commits = 40;
        await using var store = await TestStore.OpenAsync(kind);
        var ids = new List<string>();
        for (var i = 0; i < Running; i++)
        {
            var start = TestStore.Command(new StartRequest { Message = "Hello" });
            ids.Add((await store.StartAsync(new Owner("browser:ada"), start)).GenerationId);
        }
        List<CheckpointPart> PiecesOf(int number) =>
            [.. ids.Select(id => new CheckpointPart { MessageId = id, Number = number, Text = " five words, or so, more" })];
        await store.Checkpoints.AppendAsync(PiecesOf(0), keepFrom: 0);

        var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        for (var number = 1; number <= commits; number++)
            await store.Checkpoints.AppendAsync(PiecesOf(number), keepFrom: 0);
        var (each, processor) = (watch.Elapsed / commits, (Environment.CpuUsage.TotalTime - before) / commits);

        _figures[$"checkpoint-{kind.ToString().ToLowerInvariant()}"] = new
        {
            pieces = Running,
            milliseconds = Math.Round(each.TotalMilliseconds, 2),
            processorMilliseconds = Math.Round(processor.TotalMilliseconds, 2),
            // Four times a second, of one processor; PostgreSQL's own share is not in it.
            processorShare = Math.Round(4 * processor.TotalSeconds, 4),
        };
        Assert.That(each, Is.LessThan(TimeSpan.FromMilliseconds(250)));
    }

    private static async Task<Load> RunAsync(string logLevel, CancellationToken timeout)
    {
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: timeout);
        emulator.On(request => Answer(Tokens + (int.Parse(request.LastUserMessage, CultureInfo.InvariantCulture) * 2 / 5)));
        await using var database = await TestDatabase.NewAsync(DatabaseKind.Sqlite);
        await using var app = await AppProcess.StartAsync(
            AppProcess.Built, database.Place,
            ("AzureOpenAI:Endpoint", emulator.Endpoint.ToString()), ("AzureOpenAI:Deployment", "gpt-4o"),
                ("AzureOpenAI:ApiKey", "emulator-key"),
            ("Conversations:ModelTitles", "false"), ("Limits:Running", "1000"), ("Limits:RunningPerUser", "1000"),
                ("Limits:StartsPerMinute", "10000"), ("Limits:RunningPerAddress", "1000"),
                ("Limits:StartsPerMinutePerAddress", "10000"),
            ("CHATSTREAM_LOG_LEVEL", logLevel));
        using var user = app.NewUser();
        await user.IdentifyAsync();

        var readers = Enumerable.Range(0, Running).Select(n => new TimedReader(n.ToString(CultureInfo.InvariantCulture)))
            .ToList();
        var reading = readers.Select(reader => reader.ReadAsync(user, _ => { }, timeout)).ToList();
        await Task.WhenAll(readers.Select(reader => reader.Started)).WaitAsync(timeout);
        var (from, before) = (TimeProvider.System.GetUtcNow(), app.ProcessorTime);
        await Task.WhenAny(reading).WaitAsync(timeout);
        var (to, after) = (TimeProvider.System.GetUtcNow(), app.ProcessorTime);
        await Task.WhenAll(reading).WaitAsync(timeout);

        app.Terminate();
        await app.Exited.WaitAsync(timeout);
        return new Load(readers, Commit.ReadAll(app.Output), from, to, after - before);
    }

    private static Script Answer(int tokens) => Enumerable.Range(0, tokens)
        .Aggregate(Script.Start(), (script, n) => script.Text($" w{n}").Delay(Pace)).Finish("stop").Usage(12, tokens).Done();

    /// <summary>What was seen; from when to when all of them ran, and what of the processors that took.</summary>
    private sealed record Load(
        IReadOnlyList<TimedReader> Readers, ILookup<string, Commit> Commits, DateTimeOffset From, DateTimeOffset To,
        TimeSpan ProcessorTime)
    {
        public double Seconds => (To - From).TotalSeconds;
    }
}
