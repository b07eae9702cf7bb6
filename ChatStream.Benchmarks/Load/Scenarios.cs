using System.Text.Json;
using ChatStream.Web.Contract;

namespace ChatStream.Benchmarks.Load;

/// <summary>The scenarios: each loads a target in one way and returns its figures.</summary>
internal sealed class Scenarios(Bench bench, IReadOnlyList<TimeSpan> warmUps, TimeSpan window)
{
    /// <summary>The time in which caches, pools and the JIT settle after streams were opened.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    /// <summary>The time in which a target near its limit catches up after thousands of streams were opened.</summary>
    private static readonly TimeSpan SettleWhenFull = TimeSpan.FromSeconds(8);

    /// <summary>The time within which a storm opens its streams.</summary>
    public static readonly TimeSpan StormTime = TimeSpan.FromSeconds(3);

    /// <summary>The time that a process is at rest before its memory is measured.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);

    /// <summary>Starts a second before a rest. No target is full then.</summary>
    private const int RestRate = 100;

    /// <summary>As the number of tokens: the answer never ends.</summary>
    private const int Endless = 0;

    /// <summary>
    /// Runs the code of later runs, so that it is compiled. It runs in bursts: after each, the runtime recompiles hot code, and
    /// the next burst shows what is hot in that.
    /// </summary>
    public async Task WarmUpAsync(Target target)
    {
        foreach (var burst in warmUps)
        {
            await bench.PlanAsync(new AnswerPlan(Tokens: 50, PerSecond: 50));
            var fleet = bench.NewFleet(target);
            await bench.OpenAsync(fleet, streams: 100, repeat: true);
            await bench.PassAsync(burst);
            fleet.Require();
            await bench.CloseAsync(target, fleet);
        }
    }

    /// <summary>Measures streams that stay open, each with a fixed number of tokens a second.</summary>
    /// <param name="target">The target to load.</param>
    /// <param name="streams">The number of streams.</param>
    /// <param name="perSecond">Tokens a second of each stream.</param>
    /// <param name="readers">Readers of each stream.</param>
    /// <param name="isFull">Whether the target may be near its limit.</param>
    public async Task<Window> PacedAsync(Target target, int streams, int perSecond, int readers = 1, bool isFull = false)
    {
        await bench.PlanAsync(new AnswerPlan(Endless, perSecond));
        var fleet = bench.NewFleet(target);
        await bench.OpenAsync(fleet, streams, repeat: false);
        if (readers > 1)
            await AttachAsync(fleet, streams, readers - 1);
        await bench.PassAsync(isFull ? SettleWhenFull : Settle);
        var figures = await bench.MeasureAsync(target, fleet, window);
        await bench.CloseAsync(target, fleet);
        return figures;
    }

    /// <summary>Measures tokens a second. The upstream sends as fast as the target reads.</summary>
    /// <param name="target">The target to load.</param>
    /// <param name="streams">The number of streams.</param>
    /// <param name="tokens">Tokens of an answer. The next answer follows at once.</param>
    public async Task<Window> UnpacedAsync(Target target, int streams, int tokens)
    {
        await bench.PlanAsync(new AnswerPlan(tokens, PerSecond: 0));
        var fleet = bench.NewFleet(target);
        await bench.OpenAsync(fleet, streams, repeat: true);
        await bench.PassAsync(Settle);
        var figures = await bench.MeasureAsync(target, fleet, window);
        await bench.CloseAsync(target, fleet);
        return figures;
    }

    /// <summary>Measures the growth of resident memory, in bytes for each open stream with 200 tokens.</summary>
    public async Task<double> MemoryAsync(Target target, int streams)
    {
        const int Tokens = 200;
        await bench.PassAsync(Settle);
        var before = target.Resident;
        await bench.PlanAsync(new AnswerPlan(Tokens, PerSecond: 20, Hold: true));
        var fleet = bench.NewFleet(target);
        await bench.OpenAsync(fleet, streams, repeat: false);
        await bench.UntilAsync(() => fleet.Readers.All(r => r.TokensOfAnswer == Tokens), "all tokens", fleet);
        await bench.PassAsync(TimeSpan.FromSeconds(1)); // the last checkpoint
        var after = target.Resident;
        await bench.CloseAsync(target, fleet);
        return (after - before) / (double)streams;
    }

    /// <summary>Measures the time from a reader's close until the upstream sees its connection closed.</summary>
    public Task<Aborts> ClosesAsync(Target target, int streams) => AbortsAsync(target, streams, (_, reader) =>
    {
        reader.Close();
        return reader.ClosedAt;
    });

    /// <summary>Measures the time from Stop until the upstream sees its connection closed.</summary>
    public Task<Aborts> StopsAsync(Target target, int streams) => AbortsAsync(target, streams, (fleet, reader) =>
    {
        var at = LoadLoop.Now;
        fleet.Stop(reader);
        return at;
    });

    /// <summary>Measures starts, one after another: the time to the first token, and the processor time.</summary>
    public async Task<Starts> StartsAsync(Target target, int count, string body = """{"message":"What is measured here?"}""")
    {
        await bench.PlanAsync(new AnswerPlan(Tokens: 1, PerSecond: 0));
        var fleet = bench.NewFleet(target);
        var request = Target.StartRequest(body);
        await bench.Loop.RunAsync(fleet.FirstToken.Restart);
        var cpu = target.ProcessorTime;
        Reader? reader = null;
        for (var done = 0; done < count; done++)
        {
            await bench.Loop.RunAsync(() =>
            {
                if (reader is null)
                    reader = fleet.Open(request);
                else
                    reader.Send(request);
            });
            await bench.UntilAsync(() => reader!.IsIdle, "an answer", fleet);
        }
        cpu = target.ProcessorTime - cpu;
        var first = await bench.Loop.RunAsync(fleet.FirstToken.Close);
        await bench.CloseAsync(target, fleet);
        return new Starts(first, cpu.TotalMilliseconds / count);
    }

    /// <summary>Measures starts of short answers at a fixed rate.</summary>
    public async Task<Rate> RateAsync(Target target, int perSecond)
    {
        await bench.PlanAsync(new AnswerPlan(Tokens: 1, PerSecond: 0));
        var fleet = bench.NewFleet(target);
        var request = Target.StartRequest();
        var figures = await MeasureRateAsync(target, fleet, perSecond, () => fleet.Send(request));
        await bench.CloseAsync(target, fleet);
        return figures;
    }

    /// <summary>
    /// Measures streams that are opened within <see cref="StormTime"/> and then held, from the first second on.
    /// </summary>
    public async Task<Window> StormAsync(Target target, int streams)
    {
        await bench.PlanAsync(new AnswerPlan(Endless, PerSecond: 20));
        var fleet = bench.NewFleet(target);
        var request = Target.StartRequest();
        var storm = bench.AtRateAsync(streams / StormTime.TotalSeconds, streams, _ => fleet.Open(request), fleet);
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        var figures = await bench.MeasureAsync(target, fleet, StormTime + window);
        await storm;
        await bench.UntilAsync(() => fleet.Begun == streams, "the first token of each stream", fleet);
        await bench.CloseAsync(target, fleet);
        return figures;
    }

    /// <summary>
    /// Measures connections to answers that run or have ended, at a fixed rate. Each gets the answer from its beginning.
    /// </summary>
    public async Task<Rate> ReconnectsAsync(Target target, int perSecond, bool isRunning)
    {
        const int Answers = 100;
        const int Tokens = 200;
        await bench.PlanAsync(new AnswerPlan(Tokens, PerSecond: 0, Hold: isRunning));
        var starts = bench.NewFleet(target);
        await bench.OpenAsync(starts, Answers, repeat: false);
        await bench.UntilAsync(() => starts.Readers.All(r => r.TokensOfAnswer == Tokens), "all tokens", starts);
        var requests = starts.Readers.Select(reader => Target.AttachRequest(reader.GenerationId!)).ToArray();
        var fleet = bench.NewFleet(target);
        var next = 0;
        var figures = await MeasureRateAsync(target, fleet, perSecond, () =>
        {
            var request = requests[next++ % Answers];
            if (isRunning)
                fleet.Open(request).FirstTokenCame = fleet.Close;
            else
                fleet.Send(request);
        });
        await bench.CloseAsync(target, fleet);
        await bench.CloseAsync(target, starts);
        return figures;
    }

    /// <summary>Gives answers of 20 tokens, and then measures the resident memory at rest, in bytes.</summary>
    /// <param name="target">The target, fresh.</param>
    /// <param name="answers">The numbers of answers after which it is measured, ascending.</param>
    public async Task<Dictionary<int, double>> RestAsync(Target target, IEnumerable<int> answers)
    {
        await bench.PlanAsync(new AnswerPlan(Tokens: 20, PerSecond: 0));
        var resident = new Dictionary<int, double>();
        var done = 0;
        foreach (var count in answers)
        {
            var fleet = bench.NewFleet(target);
            var request = Target.StartRequest();
            await bench.AtRateAsync(RestRate, count - done, _ => fleet.Send(request), fleet);
            await bench.UntilAsync(() => fleet.Readers.All(r => r.IsIdle), "all answers", fleet);
            await bench.CloseAsync(target, fleet);
            await bench.PassAsync(Rest);
            resident[done = count] = target.Resident;
        }
        return resident;
    }

    /// <summary>Measures the first answers of a process that has done nothing else.</summary>
    public async Task<ColdStart> ColdAsync(Target target, int answers)
    {
        var listens = target.ProcessorTime.TotalMilliseconds;
        var first = await StartsAsync(target, 1);
        return new ColdStart(listens, first.FirstToken.Max, await StartsAsync(target, answers));
    }

    private async Task<Rate> MeasureRateAsync(Target target, Fleet fleet, int perSecond, Action begin)
    {
        await bench.Loop.RunAsync(fleet.FirstToken.Restart);
        var calls = (int)(perSecond * window.TotalSeconds);
        var (cpu, own, started) = (target.ProcessorTime, Bench.OwnTime, LoadLoop.Now);
        await bench.AtRateAsync(perSecond, calls, _ => begin(), fleet);
        await bench.UntilAsync(() => fleet.FirstToken.Count == calls, "all first tokens", fleet);
        var elapsed = TimeSpan.FromMicroseconds(LoadLoop.Now - started);
        (cpu, own) = (target.ProcessorTime - cpu, Bench.OwnTime - own);
        return new Rate(
            calls / elapsed.TotalSeconds, await bench.Loop.RunAsync(fleet.FirstToken.Close),
            cpu.TotalMilliseconds / calls, cpu / elapsed, own / elapsed);
    }

    /// <summary>Imports a conversation of short messages.</summary>
    /// <returns>The id of the conversation.</returns>
    public static async Task<string> ImportAsync(Target target, int messages)
    {
        using var client = target.NewClient();
        using var response = await client.PostAsJsonAsync(
            "conversations/import", LongConversation.Of(messages), WireJson.Wire.ConversationTree);
        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return answer.RootElement.GetProperty("id").GetString()!;
    }

    private async Task AttachAsync(Fleet fleet, int generations, int further)
    {
        var ids = await bench.Loop.RunAsync(() => fleet.Readers.Take(generations).Select(r => r.GenerationId!).ToList());
        await bench.Loop.RunAsync(() =>
        {
            foreach (var id in ids)
            {
                for (var i = 0; i < further; i++)
                    fleet.Open(Target.AttachRequest(id));
            }
        });
        await bench.UntilAsync(() => fleet.Readers.All(r => r.Stream != 0), "all readers to read", fleet);
    }

    private async Task<Aborts> AbortsAsync(Target target, int streams, Func<Fleet, Reader, long> abort)
    {
        await bench.PlanAsync(new AnswerPlan(Endless, PerSecond: 20));
        var fleet = bench.NewFleet(target);
        await bench.OpenAsync(fleet, streams, repeat: false);
        var at = new Dictionary<int, long>();
        foreach (var reader in fleet.Readers.ToList())
        {
            await bench.Loop.RunAsync(() => { at[reader.Stream] = abort(fleet, reader); });
            await bench.PassAsync(TimeSpan.FromMilliseconds(5));
        }
        // The times tell how long it took. On a busy machine it may take longer than is allowed, and is not missed then.
        for (var n = 0; n < 80 && !await bench.Loop.RunAsync(() => at.Keys.All(bench.Upstream.CutOff.ContainsKey)); n++)
            await bench.PassAsync(TimeSpan.FromMilliseconds(250));
        var cut = bench.Upstream.CutOff;
        var times = await bench.Loop.RunAsync(() => Samples.Of(at.Keys.Where(cut.ContainsKey).Select(s => cut[s] - at[s])));
        await bench.CloseAsync(target, fleet);
        return new Aborts(times, streams - times.Count);
    }
}

/// <param name="Times">In milliseconds.</param>
/// <param name="Missed">The number of streams that the upstream still sent 20 seconds later.</param>
internal sealed record Aborts(Distribution Times, int Missed);

/// <param name="FirstToken">From the request to the first token, in milliseconds.</param>
/// <param name="CpuMilliseconds">The target's processor time to start, send and store an answer of one token.</param>
internal sealed record Starts(Distribution FirstToken, double CpuMilliseconds);

/// <param name="Done">Starts, or connections, a second that were done.</param>
/// <param name="FirstToken">From the request to the first token, in milliseconds.</param>
/// <param name="CpuMilliseconds">The target's processor time for each.</param>
/// <param name="TargetCpu">The target's processor time, divided by the time.</param>
/// <param name="LoadCpu">The same for the load.</param>
internal sealed record Rate(double Done, Distribution FirstToken, double CpuMilliseconds, double TargetCpu, double LoadCpu)
{
    /// <summary>True if the load itself was the limit.</summary>
    public bool IsVoid => LoadCpu > 0.9;
}

/// <param name="ListensCpu">The processor time of the process until it listened, in milliseconds.</param>
/// <param name="First">From the very first request to its first token, in milliseconds.</param>
/// <param name="Starts">The starts after that.</param>
internal sealed record ColdStart(double ListensCpu, double First, Starts Starts);
