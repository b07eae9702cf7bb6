using System.Text.Json;
using ChatStream.Web.Contract;

namespace ChatStream.Benchmarks.Load;

/// <summary>One way to load a target each, and the figures of it.</summary>
internal sealed class Scenarios(Bench bench, IReadOnlyList<TimeSpan> warmUps, TimeSpan window)
{
    /// <summary>Until caches, pools and the JIT have settled after streams were opened.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    /// <summary>Until a target near its limit has caught up with what came while thousands of streams were opened.</summary>
    private static readonly TimeSpan SettleWhenFull = TimeSpan.FromSeconds(8);

    /// <summary>Long enough that none ends while it is looked at.</summary>
    private const int Endless = 0;

    /// <summary>
    /// Runs everything that later runs run, so that these meet compiled code. In bursts: after each, what has turned out to be hot is
    /// compiled, and only then does the next one show what is hot in that.
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

    /// <summary>So many streams that stay open, each with so many tokens a second.</summary>
    /// <param name="target">Whose.</param>
    /// <param name="streams">How many.</param>
    /// <param name="perSecond">Tokens of each.</param>
    /// <param name="readers">Of each.</param>
    /// <param name="isFull">The target may be near its limit.</param>
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

    /// <summary>Tokens a second where the upstream sends as fast as it is read.</summary>
    /// <param name="target">Whose.</param>
    /// <param name="streams">Open at once.</param>
    /// <param name="tokens">Of an answer; the next follows on it.</param>
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

    /// <summary>Resident bytes per stream that is open with 200 tokens in it, over what was resident before.</summary>
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

    /// <summary>From a reader's close to the upstream's end, milliseconds; where the target does not tell the upstream, it is missed.</summary>
    public Task<Aborts> ClosesAsync(Target target, int streams) => AbortsAsync(target, streams, (_, reader) =>
    {
        reader.Close();
        return reader.ClosedAt;
    });

    /// <summary>From Stop to the upstream's end.</summary>
    public Task<Aborts> StopsAsync(Target target, int streams) => AbortsAsync(target, streams, (fleet, reader) =>
    {
        var at = LoadLoop.Now;
        fleet.Stop(reader);
        return at;
    });

    /// <summary>One start after another: from the request to the first token, and the processor time of a whole short answer.</summary>
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

    /// <summary>A conversation of so many short messages, in a program's own hand.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> ImportAsync(Target target, int messages)
    {
        using var client = target.NewClient();
        using var response = await client.PostAsJsonAsync("conversations/import", LongConversation.Of(messages), WireJson.Wire.ConversationTree);
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
        var times = await bench.Loop.RunAsync(() => Samples.Of(at.Keys.Where(bench.Upstream.CutOff.ContainsKey).Select(s => bench.Upstream.CutOff[s] - at[s])));
        await bench.CloseAsync(target, fleet);
        return new Aborts(times, streams - times.Count);
    }
}

/// <param name="Times">Milliseconds.</param>
/// <param name="Missed">Streams that the upstream still sent two seconds later.</param>
internal sealed record Aborts(Distribution Times, int Missed);

/// <param name="FirstToken">From the request to the first token, milliseconds.</param>
/// <param name="CpuMilliseconds">Processor time of a whole start with an answer of one token, its storing included.</param>
internal sealed record Starts(Distribution FirstToken, double CpuMilliseconds);
