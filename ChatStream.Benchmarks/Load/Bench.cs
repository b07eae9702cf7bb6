using System.Diagnostics;

namespace ChatStream.Benchmarks.Load;

/// <summary>What all scenarios share: the thread of the load, the upstream, and the measuring.</summary>
internal sealed class Bench : IAsyncDisposable
{
    /// <summary>While streams are opened, at most this many wait for their first token.</summary>
    private const int StartsAtOnce = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public LoadLoop Loop { get; } = new();

    public Upstream Upstream { get; }

    private Bench(bool isPadded) => Upstream = new Upstream(Loop, isPadded);

    public static async Task<Bench> StartAsync(bool isPadded)
    {
        var bench = new Bench(isPadded);
        await bench.Upstream.ListenAsync();
        return bench;
    }

    public Task PlanAsync(AnswerPlan plan) => Loop.RunAsync(() => Upstream.Plan = plan);

    public Fleet NewFleet(Target target) => new(Loop, target.Address);

    /// <summary>Opens streams as fast as the target accepts them, and waits until each has its first token.</summary>
    public async Task OpenAsync(Fleet fleet, int streams, bool repeat)
    {
        var request = Target.StartRequest();
        var opened = 0;
        await UntilAsync(() =>
        {
            for (; opened < streams && opened - fleet.Begun < StartsAtOnce && fleet.FaultCount == 0; opened++)
            {
                var reader = fleet.Open(request);
                reader.Next = repeat ? request : null;
            }
            return fleet.Begun == streams || fleet.FaultCount > 0;
        }, $"{streams} streams to open", fleet);
    }

    /// <summary>Calls an action at a fixed rate, on the thread of the loop, whether or not the target keeps up.</summary>
    /// <param name="perSecond">Calls a second.</param>
    /// <param name="calls">The number of calls.</param>
    /// <param name="action">What to do; gets the number of the call.</param>
    /// <param name="fleet">Ends it if it has a fault.</param>
    public async Task AtRateAsync(double perSecond, int calls, Action<int> action, Fleet fleet)
    {
        var done = 0;
        var begun = LoadLoop.Now;
        await UntilAsync(() =>
        {
            var due = Math.Min(calls, (int)((LoadLoop.Now - begun) * perSecond / 1_000_000) + 1);
            for (; done < due && fleet.FaultCount == 0; done++)
                action(done);
            return done == calls || fleet.FaultCount > 0;
        }, $"{calls} calls", fleet);
    }

    /// <summary>Closes all streams on both sides, and waits until the target is idle.</summary>
    public async Task CloseAsync(Target target, Fleet fleet)
    {
        await Loop.RunAsync(() =>
        {
            fleet.CloseAll();
            Upstream.CutAll();
        });
        for (var busy = target.ProcessorTime; ; busy = target.ProcessorTime)
        {
            await PassAsync(TimeSpan.FromMilliseconds(500));
            if (target.ProcessorTime - busy < TimeSpan.FromMilliseconds(30))
                return;
        }
    }

    /// <summary>Measures the open streams for the given time.</summary>
    public async Task<Window> MeasureAsync(Target target, Fleet fleet, TimeSpan time)
    {
        await Loop.RunAsync(() =>
        {
            fleet.Latency.Restart();
            Loop.Pacer.Lateness.Restart();
        });
        var (tokens, sent) = (fleet.Tokens, Upstream.Sent);
        var (cpu, own, started) = (target.ProcessorTime, OwnTime, Stopwatch.GetTimestamp());
        await PassAsync(time);
        var elapsed = Stopwatch.GetElapsedTime(started);
        (cpu, own) = (target.ProcessorTime - cpu, OwnTime - own);
        (tokens, sent) = (fleet.Tokens - tokens, Upstream.Sent - sent);
        var (latency, lateness) = await Loop.RunAsync(() => (fleet.Latency.Close(), Loop.Pacer.Lateness.Close()));
        fleet.Require();
        return new Window
        {
            Seconds = elapsed.TotalSeconds,
            Tokens = tokens,
            TokensSent = sent,
            MicrosecondsPerToken = cpu.TotalMicroseconds / sent,
            TargetCpu = cpu / elapsed,
            LoadCpu = own / elapsed,
            Latency = latency,
            Lateness = lateness,
        };
    }

    public async Task UntilAsync(Func<bool> condition, string what, Fleet fleet)
    {
        for (var started = Stopwatch.GetTimestamp(); !await Loop.RunAsync(condition);)
        {
            Loop.ThrowIfFailed();
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new LoadException($"The wait for {what} took too long. {string.Join(' ', fleet.Faults)}");
            await PassAsync(TimeSpan.FromMilliseconds(2));
        }
        fleet.Require();
    }

    public async Task PassAsync(TimeSpan time)
    {
        await Task.Delay(time, TimeProvider.System);
        Loop.ThrowIfFailed();
    }

    public ValueTask DisposeAsync()
    {
        Loop.Dispose();
        Upstream.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The processor time of the load so far.</summary>
    public static TimeSpan OwnTime
    {
        get
        {
            using var self = Process.GetCurrentProcess();
            return self.TotalProcessorTime;
        }
    }
}

/// <summary>The target lost, doubled or reordered tokens, refused a start, or took too long. Or an argument was wrong.</summary>
internal sealed class LoadException(string message) : Exception(message);

/// <summary>The figures of one period.</summary>
internal sealed record Window
{
    public required double Seconds { get; init; }

    /// <summary>Tokens that all readers together have read.</summary>
    public required long Tokens { get; init; }

    public required long TokensSent { get; init; }

    /// <summary>The target's processor time, divided by the tokens that the upstream sent.</summary>
    public required double MicrosecondsPerToken { get; init; }

    /// <summary>The target's processor time, divided by the time: 1 is one whole processor.</summary>
    public required double TargetCpu { get; init; }

    /// <summary>The same for the load: upstream and readers together.</summary>
    public required double LoadCpu { get; init; }

    /// <summary>From the upstream's send to the reader's receive, in milliseconds.</summary>
    public required Distribution Latency { get; init; }

    /// <summary>How late the upstream sent, in milliseconds.</summary>
    public required Distribution Lateness { get; init; }

    /// <summary>True if the load itself was the limit. The figures then say nothing about the target.</summary>
    public bool IsVoid => LoadCpu > 0.9 || Lateness.P99 > 100;
}
