using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Chaos;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>
/// One of three instances behind nginx is killed or told to stop, at seeded moments, while each answer has several readers, which
/// land anywhere. <c>CHATSTREAM_TESTS_KILLS</c> says how often.
/// </summary>
[SoakOnly]
[NonParallelizable] // It needs the whole machine.
internal sealed class InstanceKillTests
{
    private const int Seed = 5;
    private const int Times = 20;
    private const int Answers = 6;
    private const int LateReaders = 2;

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(15);

    /// <summary>Of an answer that ends within the drain.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(3);

    /// <summary>Of an answer that does not, whenever the stop comes.</summary>
    private static readonly TimeSpan Long = Drain + TimeSpan.FromSeconds(2.5);

    private static int Kills => int.Parse(
        Environment.GetEnvironmentVariable("CHATSTREAM_TESTS_KILLS") ?? Times.ToString(CultureInfo.InvariantCulture),
        CultureInfo.InvariantCulture);

    [TestCase(true)]
    [TestCase(false)]
    [CancelAfter(900_000)]
    public async Task Readers_anywhere_are_told_the_end(bool kills, CancellationToken timeout)
    {
        var scripts = new ConcurrentDictionary<string, SeededAnswer>(StringComparer.Ordinal);
        await using var group = await InstanceGroup.StartAsync(
            3, timeout, settings: ("Generation:DrainFor", Drain.ToString("c", CultureInfo.InvariantCulture)));
        group.Emulator.On(request => scripts.GetValueOrDefault(request.LastUserMessage)?.Script);
        using var user = await group.NewUserAsync(0);
        var told = new List<Told>();
        var watch = Stopwatch.StartNew();
        for (var time = 0; time < Kills; time++)
        {
            var random = new Random((Seed * 1_000) + time);
            var victim = group.Processes[time % 3];
            // The instance that was started again has another port.
            await using var nginx = await group.StartNginxAsync();
            using var through = new ChatClient(nginx.Address, user.Cookies);
            var asked = Enumerable.Range(time * Answers, Answers)
                .Select(n => new Asked(SeededAnswer.MakeLasting(Seed, n, n % 3 == 0 ? Short : Long), n % 3 == 0, through.Http))
                .ToList();
            asked.ForEach(one => scripts[one.Answer.Message] = one.Answer);
            var reading = asked.Select(one => one.ReadAsync(LateReaders, timeout)).ToList();
            await Task.WhenAll(asked.Select(one => one.First.ReachedAsync(1)));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300, 1_500)), TimeProvider.System, timeout);

            var since = TimeProvider.System.GetTimestamp();
            if (kills)
                await victim.KillAsync();
            else
                victim.Terminate();
            var ended = await Task.WhenAll(reading);
            foreach (var (one, at) in asked.Zip(ended))
            {
                var stored = await through.FindAsync(one.First.GenerationId);
                told.Add(one.Judge(stored.GetProperty("text").GetString()!, TimeProvider.System.GetElapsedTime(since, at)));
            }
            await victim.Exited.WaitAsync(timeout);
            await group.StartAgainAsync(time % 3);
        }

        var interrupted = told.Where(each => each.End == "interrupted").ToList();
        var waits = interrupted.Select(each => each.Wait.TotalMilliseconds).Order().ToList();
        var readers = told.SelectMany(each => each.Readers).ToList();
        var lost = readers.Sum(reader => reader.Lost);
        var doubled = readers.Sum(reader => reader.Doubled);
        var broken = told.SelectMany(each => each.Broken).ToList();
        Soak.Report($"instances-{(kills ? "killed" : "stopped")}", new
        {
            seed = Seed,
            times = Kills,
            answers = told.Count,
            readers = readers.Count,
            connections = readers.Sum(reader => reader.Connections),
            askedAgain = readers.Sum(reader => reader.Refusals),
            framesChecked = readers.Sum(reader => reader.Frames.Count),
            lost,
            doubled,
            ends = told.CountBy(each => each.End).ToDictionary(),
            withoutText = interrupted.Count(each => each.Readers[0].Text.Length == 0),
            millisecondsToInterrupted = new
            {
                p50 = Math.Round(waits.ElementAtOrDefault(waits.Count / 2)),
                max = Math.Round(waits.LastOrDefault()),
            },
            upstreamRequests = group.Emulator.Requests.Count,
            seconds = Math.Round(watch.Elapsed.TotalSeconds),
            broken,
        });
        Assert.That(broken, Is.Empty);
        Assert.That((lost, doubled), Is.EqualTo((0, 0)));
        Assert.That(told.Select(each => each.End).Distinct(), Is.SubsetOf(new[] { "completed", "interrupted" }));
        Assert.That(interrupted, Has.Count.GreaterThanOrEqualTo(Kills / 2), "nginx gives each instance answers");
        Assert.That(
            interrupted.Count(each => each.Readers[0].Text.Length == 0), Is.LessThan(told.Count / 10),
            "what was streamed for 250 ms is kept");
        if (!kills)
            Assert.That(interrupted.Where(each => each.IsShort), Is.Empty, "they end within the drain");
        Assert.That(
            group.Emulator.Requests.Select(request => request.LastUserMessage), Is.EquivalentTo(scripts.Keys),
            "each asked for once");
        Assert.That(waits[^1], Is.LessThan(Most.TotalMilliseconds));
    }

    /// <summary>One answer with its readers.</summary>
    private sealed class Asked(SeededAnswer answer, bool isShort, HttpClient http)
    {
        private readonly List<PersistentReader> _readers = [NewReader(http)];

        public SeededAnswer Answer => answer;

        public PersistentReader First => _readers[0];

        /// <summary>The first reader starts the answer, and the others join while it runs.</summary>
        /// <returns>When the last of them was told the end.</returns>
        public async Task<long> ReadAsync(int more, CancellationToken timeout)
        {
            var reading = new List<Task> { First.StartAsync(answer.Message, timeout) };
            for (var reader = 0; reader < more; reader++)
            {
                await Task.WhenAny(First.ReachedAsync(1 + (reader * 4)), reading[0]);
                _readers.Add(NewReader(http));
                reading.Add(_readers[^1].JoinAsync(First.GenerationId, first: 0, timeout));
            }
            await Task.WhenAll(reading);
            return TimeProvider.System.GetTimestamp();
        }

        /// <summary>Compares what the readers were told with one another, with the model, and with what is stored.</summary>
        public Told Judge(string stored, TimeSpan wait)
        {
            var broken = new List<string>();
            var longest = _readers.MaxBy(reader => reader.Live.Count())!.Live.ToList();
            foreach (var reader in _readers)
            {
                if (!reader.Live.SequenceEqual(longest.Take(reader.Live.Count())))
                    broken.Add($"{answer.Message}: readers got different frames");
                if (reader.End != First.End || reader.Text != stored)
                    broken.Add($"{answer.Message}: a reader was told {reader.End} with {reader.Text.Length} characters, "
                        + $"the first one {First.End}, and {stored.Length} characters are stored");
            }
            if (First.End == "completed" ? stored != answer.Text : !answer.Text.StartsWith(stored, StringComparison.Ordinal))
                broken.Add($"{answer.Message}: {First.End} with another text");
            return new Told(First.End, isShort, wait, _readers, broken);
        }

        private static PersistentReader NewReader(HttpClient http) =>
            new(http, attempt => SeededFaults.Of(0, 0, attempt)) { IsPatient = true };
    }

    /// <summary>What the readers of one answer were told, and how long after the kill.</summary>
    private sealed record Told(
        string End, bool IsShort, TimeSpan Wait, IReadOnlyList<PersistentReader> Readers, IReadOnlyList<string> Broken);
}
