using ChatStream.Benchmarks.Peers;

namespace ChatStream.Benchmarks.Load;

/// <summary>The whole run: each scenario over the targets that it says something about, alternating.</summary>
internal sealed class LoadRun(LoadOptions options, Bench bench, string app, Results results)
{
    public const string ChatStream = "ChatStream";

    /// <summary>A reader whose generation ends at once when it leaves.</summary>
    private static readonly (string, string) AbandonAtOnce = ("Generation__AbandonAfter", "00:00:00");

    /// <summary>Where latency is past this, the target is past its capacity.</summary>
    private const double LongestLatency = 250;

    private static readonly int[] ReaderCounts = [1, 3];
    private static readonly int[] ConversationLengths = [500, 5000];

    private readonly Scenarios _scenarios = new(bench, options.Window);

    public async Task RunAsync()
    {
        await using (var chat = await WarmAsync(await StartAppAsync()))
        await using (var yarp = await WarmAsync(await StartPeerAsync(Peer.Yarp)))
        await using (var naive = await WarmAsync(await StartPeerAsync(Peer.Naive)))
        await using (var typed = await WarmAsync(await StartPeerAsync(Peer.TypedResult)))
        {
            Target[] all = [chat, yarp, naive, typed];
            await AlternateAsync("paced", results.Paced, all, t => _scenarios.PacedAsync(t, options.PacedStreams, 20));
            await AlternateAsync("latency", results.Latency, all, t => _scenarios.PacedAsync(t, options.LatencyStreams, 50));
            await AlternateAsync("unpaced", results.Unpaced, all, t => _scenarios.UnpacedAsync(t, options.UnpacedStreams));
            await ReadersAsync(chat);
            await StartsAsync(all, chat);
        }
        await PartAsync("memory", async () =>
        {
            for (var pair = 0; pair < options.Pairs; pair++)
            {
                await FreshAsync(results.Memory, StartAppAsync, t => _scenarios.MemoryAsync(t, options.PacedStreams));
                await FreshAsync(results.Memory, () => StartPeerAsync(Peer.Yarp), t => _scenarios.MemoryAsync(t, options.PacedStreams));
                await FreshAsync(results.Memory, () => StartPeerAsync(Peer.Naive), t => _scenarios.MemoryAsync(t, options.PacedStreams));
            }
        });
        await PartAsync("aborts", AbortsAsync);
        await PartAsync("capacity", CapacityAsync);
    }

    private async Task AbortsAsync()
    {
        await using (var chat = await WarmAsync(await StartAppAsync(AbandonAtOnce)))
        {
            results.Closes[ChatStream] = await SayAsync("closes", chat, () => _scenarios.ClosesAsync(chat, options.AbortedStreams));
            results.Stops[ChatStream] = await SayAsync("stops", chat, () => _scenarios.StopsAsync(chat, options.AbortedStreams));
        }
        foreach (var peer in Peer.All)
        {
            await using var target = await WarmAsync(await StartPeerAsync(peer));
            results.Closes[peer] = await SayAsync("closes", target, () => _scenarios.ClosesAsync(target, options.AbortedStreams));
        }
    }

    private async Task CapacityAsync()
    {
        await CapacityOfAsync(() => StartAppAsync());
        foreach (var peer in Peer.All)
            await CapacityOfAsync(() => StartPeerAsync(peer));
    }

    /// <summary>More and more streams until latency, or the load itself, says that it is enough.</summary>
    private async Task CapacityOfAsync(Func<Task<Target>> start)
    {
        await using var target = await WarmAsync(await start());
        var steps = results.Capacity[target.Name] = [];
        foreach (var streams in options.Capacity)
        {
            try
            {
                var figures = await SayAsync($"capacity {streams}", target, () => _scenarios.PacedAsync(target, streams, 20));
                steps.Add(new CapacityStep(streams, figures));
                if (figures.Latency.P99 > LongestLatency || figures.IsVoid)
                    return;
            }
            catch (LoadException fault)
            {
                // One that is over its limit may stop taking streams.
                results.Faults.Add($"{target.Name}, {streams} streams: {fault.Message}");
                steps.Add(new CapacityStep(streams, null));
                return;
            }
        }
    }

    private Task ReadersAsync(Target chat) => PartAsync("readers", async () =>
    {
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            foreach (var readers in ReaderCounts)
            {
                Of(results.Readers, readers).Add(await SayAsync(
                    $"readers {readers}", chat, () => _scenarios.PacedAsync(chat, options.SharedGenerations, 20, readers)));
            }
        }
    });

    private Task StartsAsync(Target[] all, Target chat) => PartAsync("starts", async () =>
    {
        foreach (var target in all)
            results.Starts[target.Name] = await SayAsync("starts", target, () => _scenarios.StartsAsync(target, options.Starts));

        var conversations = new Dictionary<int, string>();
        foreach (var messages in ConversationLengths)
            conversations[messages] = await Scenarios.ImportAsync(chat, messages);
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            foreach (var (messages, id) in conversations)
            {
                var body = $$"""{"message":"And now?","conversationId":"{{id}}"}""";
                Of(results.LongStarts, messages).Add(await SayAsync(
                    $"starts after {messages} messages", chat, () => _scenarios.StartsAsync(chat, Math.Max(1, options.Starts / options.Pairs), body)));
            }
        }
    });

    private Task AlternateAsync(string part, Dictionary<string, List<Window>> into, Target[] targets, Func<Target, Task<Window>> run) =>
        PartAsync(part, async () =>
        {
            for (var pair = 0; pair < options.Pairs; pair++)
            {
                foreach (var target in targets)
                    Of(into, target.Name).Add(await SayAsync(part, target, () => run(target)));
            }
        });

    private Task PartAsync(string part, Func<Task> run) => options.Parts.Contains(part) ? run() : Task.CompletedTask;

    private async Task FreshAsync(Dictionary<string, List<double>> into, Func<Task<Target>> start, Func<Target, Task<double>> run)
    {
        await using var target = await WarmAsync(await start());
        Of(into, target.Name).Add(await SayAsync("memory", target, () => run(target)));
    }

    private static async Task<T> SayAsync<T>(string part, Target target, Func<Task<T>> run)
    {
        var result = await run();
        Console.WriteLine($"{part}: {target.Name}: {result switch
        {
            Window w => Lines.Of(w),
            Aborts a => Lines.Of(a),
            Starts s => Lines.Of(s),
            double bytes => $"{bytes / 1024:F1} KiB a stream",
            _ => "",
        }}");
        return result;
    }

    private Task<Target> StartAppAsync() => Target.StartAppAsync(app, bench.Upstream.Address);

    private Task<Target> StartAppAsync((string, string) setting) => Target.StartAppAsync(app, bench.Upstream.Address, setting);

    private Task<Target> StartPeerAsync(string peer) => Target.StartPeerAsync(peer, bench.Upstream.Address);

    private async Task<Target> WarmAsync(Target target)
    {
        await _scenarios.WarmUpAsync(target);
        return target;
    }

    private static List<T> Of<TKey, T>(Dictionary<TKey, List<T>> lists, TKey key) where TKey : notnull =>
        lists.TryGetValue(key, out var list) ? list : lists[key] = [];
}
