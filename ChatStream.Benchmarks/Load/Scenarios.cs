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
        await bench.PassAsync(TimeSpan.FromSeconds(2));
        var cut = bench.Upstream.CutOff;
        var times = await bench.Loop.RunAsync(() => Samples.Of(at.Keys.Where(cut.ContainsKey).Select(s => cut[s] - at[s])));
        await bench.CloseAsync(target, fleet);
        return new Aborts(times, streams - times.Count);
    }
}

/// <param name="Times">In milliseconds.</param>
/// <param name="Missed">The number of streams that the upstream still sent two seconds later.</param>
internal sealed record Aborts(Distribution Times, int Missed);

/// <param name="FirstToken">From the request to the first token, in milliseconds.</param>
/// <param name="CpuMilliseconds">The target's processor time to start, send and store an answer of one token.</param>
internal sealed record Starts(Distribution FirstToken, double CpuMilliseconds);
