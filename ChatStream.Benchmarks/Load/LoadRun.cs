namespace ChatStream.Benchmarks.Load;

/// <summary>The whole run: each scenario over the targets that it says something about, alternating.</summary>
internal sealed class LoadRun(LoadOptions options, Bench bench, string app, Results results)
{
    public const string ChatStream = "ChatStream";

    /// <summary>A reader whose generation ends at once when it leaves.</summary>
    private static readonly (string, string) AbandonAtOnce = ("Generation__AbandonAfter", "00:00:00");

    /// <summary>So few tokens that 500 messages fill them: the longer conversation sends the model no more than the shorter one.</summary>
    private static readonly (string, string) ShortContext = ("Chat__ContextTokens", "8000");

    /// <summary>Where latency is past this, the target is past its capacity.</summary>
    public const double LongestLatency = 250;

    /// <summary>From so many streams on a target may be near its limit: the weakest of them is, on a slow machine.</summary>
    private const int MayBeFull = 1000;

    /// <summary>Tokens of an answer that streams as long as it is looked at: its start and its storing are not in the figure.</summary>
    private const int LongerThanAnyWindow = 250_000;

    /// <summary>Tokens of a long answer as models give it; its start and its storing are in the figure.</summary>
    private const int WholeAnswer = 2_000;

    private static readonly int[] ReaderCounts = [1, 3];
    private static readonly int[] ConversationLengths = [500, 5000];

    private readonly Scenarios _scenarios = new(bench, options.WarmUps, options.Window);

    public async Task RunAsync()
    {
        if (options.Parts.Intersect(["paced", "latency", "unpaced", "answers"]).Any())
            await WithAsync(options.Targets, StreamAsync);
        await PartAsync("readers", () => WithAsync([ChatStream], targets => ReadersAsync(targets[0])));
        await PartAsync("starts", () => WithAsync(options.Targets, StartsAsync));
        await PartAsync("memory", MemoryAsync);
        await PartAsync("aborts", AbortsAsync);
        await PartAsync("capacity", CapacityAsync);
    }

    private async Task StreamAsync(IReadOnlyList<Target> targets)
    {
        // Under load, compiled code is compiled anew for a minute; what is asked is what a token costs afterwards.
        for (var round = 0; round < options.SettlingRounds; round++)
        {
            foreach (var target in targets)
                await _scenarios.PacedAsync(target, options.PacedStreams, 20);
        }
        await AlternateAsync("paced", results.Paced, targets, t => _scenarios.PacedAsync(t, options.PacedStreams, 20));
        await AlternateAsync("latency", results.Latency, targets, t => _scenarios.PacedAsync(t, options.LatencyStreams, 50));
        await AlternateAsync("unpaced", results.Unpaced, targets, t => _scenarios.UnpacedAsync(t, options.UnpacedStreams, LongerThanAnyWindow));
        await AlternateAsync("answers", results.Answers, targets, t => _scenarios.UnpacedAsync(t, options.UnpacedStreams, WholeAnswer));
    }

    private async Task ReadersAsync(Target chat)
    {
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            foreach (var readers in ReaderCounts)
            {
                Of(results.Readers, readers).Add(await SayAsync(
                    $"readers {readers}", chat, () => _scenarios.PacedAsync(chat, options.SharedGenerations, 20, readers)));
            }
        }
    }

    private async Task StartsAsync(IReadOnlyList<Target> targets)
    {
        foreach (var target in targets)
            results.Starts[target.Name] = await SayAsync("starts", target, () => _scenarios.StartsAsync(target, options.Starts));
        if (targets.All(t => t.Name != ChatStream))
            return;

        await using var chat = await StartAsync(ChatStream, ShortContext);
        var conversations = new Dictionary<int, string>();
        foreach (var messages in ConversationLengths)
            conversations[messages] = await Scenarios.ImportAsync(chat, messages);
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            foreach (var (messages, id) in conversations)
            {
                var body = $$"""{"message":"And now?","conversationId":"{{id}}"}""";
                Of(results.LongStarts, messages).Add(await SayAsync(
                    $"starts after {messages} messages", chat, () => _scenarios.StartsAsync(chat, options.Starts, body)));
            }
        }
    }

    private async Task MemoryAsync()
    {
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            foreach (var name in options.Targets)
            {
                // Fresh each time: what a process has once taken, it seldom gives back.
                await using var target = await StartAsync(name);
                Of(results.Memory, name).Add(await SayAsync("memory", target, () => _scenarios.MemoryAsync(target, options.PacedStreams)));
            }
        }
    }

    private async Task AbortsAsync()
    {
        foreach (var name in options.Targets)
        {
            await using var target = await StartAsync(name, AbandonAtOnce);
            // Once for nothing: warming up ends no answer in its middle.
            await _scenarios.ClosesAsync(target, options.AbortedStreams);
            results.Closes[name] = await SayAsync("closes", target, () => _scenarios.ClosesAsync(target, options.AbortedStreams));
            if (name == ChatStream)
            {
                await _scenarios.StopsAsync(target, options.AbortedStreams);
                results.Stops[name] = await SayAsync("stops", target, () => _scenarios.StopsAsync(target, options.AbortedStreams));
            }
        }
    }

    private async Task CapacityAsync()
    {
        foreach (var name in options.Targets)
        {
            await using var target = await StartAsync(name);
            await CapacityAsync(target, results.Capacity[name] = []);
        }
    }

    /// <summary>More and more streams until latency, or the load itself, says that it is enough.</summary>
    private async Task CapacityAsync(Target target, List<CapacityStep> steps)
    {
        foreach (var streams in options.Capacity)
        {
            try
            {
                var figures = await SayAsync($"capacity {streams}", target, () => _scenarios.PacedAsync(target, streams, 20, isFull: streams >= MayBeFull));
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

    private Task AlternateAsync(string part, Dictionary<string, List<Window>> into, IReadOnlyList<Target> targets, Func<Target, Task<Window>> run) =>
        PartAsync(part, async () =>
        {
            // Once for nothing: what is compiled while it runs is not what is asked about.
            foreach (var target in targets)
                await run(target);
            for (var pair = 0; pair < options.Pairs; pair++)
            {
                foreach (var target in targets)
                    Of(into, target.Name).Add(await SayAsync(part, target, () => run(target)));
            }
        });

    private Task PartAsync(string part, Func<Task> run) => options.Parts.Contains(part) ? run() : Task.CompletedTask;

    private async Task WithAsync(IEnumerable<string> names, Func<IReadOnlyList<Target>, Task> run)
    {
        var targets = new List<Target>();
        try
        {
            foreach (var name in names)
                targets.Add(await StartAsync(name));
            await run(targets);
        }
        finally
        {
            foreach (var target in targets)
                await target.DisposeAsync();
        }
    }

    private async Task<Target> StartAsync(string name, params (string, string)[] settings)
    {
        var target = name == ChatStream || Variant.Is(name)
            ? await Target.StartAppAsync(name, app, bench.Upstream.Address, options.Processors, [.. settings, .. Variant.SettingsOf(name)])
            : await Target.StartPeerAsync(name, bench.Upstream.Address, options.Processors);
        await _scenarios.WarmUpAsync(target);
        return target;
    }

    private static async Task<T> SayAsync<T>(string part, Target target, Func<Task<T>> run)
    {
        var result = await run();
        Console.WriteLine($"{part}: {target.Name}: {result switch
        {
            Window w => Lines.Of(w),
            Aborts a => Lines.Of(a),
            Starts s => Lines.Of(s),
            double bytes => Lines.Of(bytes),
            _ => "",
        }}");
        return result;
    }

    private static List<T> Of<TKey, T>(Dictionary<TKey, List<T>> lists, TKey key) where TKey : notnull =>
        lists.TryGetValue(key, out var list) ? list : lists[key] = [];
}
