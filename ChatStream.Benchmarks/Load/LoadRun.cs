namespace ChatStream.Benchmarks.Load;

/// <summary>A whole run: the scenarios over their targets, one target after the other in each pair.</summary>
internal sealed class LoadRun(LoadOptions options, Bench bench, string app, Results results)
{
    public const string ChatStream = "ChatStream";

    /// <summary>A generation ends at once when its reader leaves.</summary>
    private static readonly (string, string) AbandonAtOnce = ("Generation__AbandonAfter", "00:00:00");

    /// <summary>500 messages fill this context, so a longer conversation sends no more to the model.</summary>
    private static readonly (string, string) ShortContext = ("Chat__ContextTokens", "8000");

    /// <summary>A target with a higher latency is past its capacity; milliseconds, 99th percentile.</summary>
    public const double LongestLatency = 250;

    /// <summary>From this number of streams on, the weakest target on a slow machine may be near its limit.</summary>
    private const int MayBeFull = 1000;

    /// <summary>Tokens of an answer that outlasts the measurement. Its start and its storing are not in the figure.</summary>
    private const int LongerThanAnyWindow = 250_000;

    /// <summary>Tokens of a long but usual answer. Its start and its storing are in the figure.</summary>
    private const int WholeAnswer = 2_000;

    /// <summary>Tokens of an answer ten times as long.</summary>
    private const int LongAnswer = 20_000;

    private static readonly int[] ReaderCounts = [1, 3];
    private static readonly int[] ConversationLengths = [500, 5000];

    private readonly Scenarios _scenarios = new(bench, options.WarmUps, options.Window);

    public async Task RunAsync()
    {
        if (options.Parts.Intersect(["paced", "latency", "unpaced", "answers", "long"]).Any())
            await WithAsync(options.Targets, StreamAsync);
        await PartAsync("readers", () => WithAsync([ChatStream], targets => ReadersAsync(targets[0])));
        await PartAsync("starts", () => WithAsync(options.Targets, StartsAsync));
        await PartAsync("rate", () => WithAsync(
            options.Targets, targets => StepsAsync("rate", results.Rates, targets, RateAsync)));
        await PartAsync("storm", () => WithAsync(
            options.Targets, targets => StepsAsync("storm", results.Storms, targets, StormAsync)));
        await PartAsync("reconnects", () => WithAsync([ChatStream], ReconnectsAsync));
        await PartAsync("cold", () => NewEachAsync(
            "cold", results.Cold, t => _scenarios.ColdAsync(t, options.FirstAnswers), isWarm: false));
        await PartAsync("rest", () => NewEachAsync(
            "rest", results.Rest, t => _scenarios.RestAsync(t, options.AnswersBeforeRest), isWarm: false));
        await PartAsync("memory", () => NewEachAsync(
            "memory", results.Memory, t => _scenarios.MemoryAsync(t, options.PacedStreams)));
        await PartAsync("aborts", AbortsAsync);
        await PartAsync("capacity", CapacityAsync);
    }

    private async Task StreamAsync(IReadOnlyList<Target> targets)
    {
        // For a minute under load, the runtime recompiles hot code. The figures are about the time after that.
        for (var round = 0; round < options.SettlingRounds; round++)
        {
            foreach (var target in targets)
                await _scenarios.PacedAsync(target, options.PacedStreams, 20);
        }
        await AlternateAsync("paced", results.Paced, targets, t => _scenarios.PacedAsync(t, options.PacedStreams, 20));
        await AlternateAsync("latency", results.Latency, targets, t => _scenarios.PacedAsync(t, options.LatencyStreams, 50));
        await AlternateAsync("unpaced", results.Unpaced, targets, t => UnpacedAsync(t, LongerThanAnyWindow));
        await AlternateAsync("answers", results.Answers, targets, t => UnpacedAsync(t, WholeAnswer));
        await AlternateAsync("long", results.LongAnswers, targets, t => UnpacedAsync(t, LongAnswer));
    }

    private Task<Window> UnpacedAsync(Target target, int tokens) =>
        _scenarios.UnpacedAsync(target, options.UnpacedStreams, tokens);

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
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            foreach (var target in targets)
            {
                Of(results.Starts, target.Name).Add(await SayAsync(
                    "starts", target, () => _scenarios.StartsAsync(target, options.Starts)));
            }
        }
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

    /// <summary>Measures each target with more and more load, until it is past its limit; pair by pair.</summary>
    private async Task StepsAsync<TStep>(
        string part, Dictionary<string, List<List<TStep>>> into, IReadOnlyList<Target> targets,
        Func<string, Target, List<TStep>, Task> run)
    {
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            foreach (var target in targets)
            {
                var steps = new List<TStep>();
                Of(into, target.Name).Add(steps);
                await run(part, target, steps);
            }
        }
    }

    private Task RateAsync(string part, Target target, List<RateStep> steps) =>
        RateAsync(part, target, steps, rate => _scenarios.RateAsync(target, rate));

    private async Task RateAsync(string part, Target target, List<RateStep> steps, Func<int, Task<Rate>> run)
    {
        foreach (var rate in options.Rates)
        {
            try
            {
                var figures = await SayAsync($"{part} {rate}", target, () => run(rate));
                steps.Add(new RateStep(rate, figures));
                if (figures.FirstToken.P99 > LongestLatency || figures.IsVoid)
                    return;
            }
            catch (LoadException fault)
            {
                results.Faults.Add($"{target.Name}, {part} {rate}: {fault.Message}");
                steps.Add(new RateStep(rate, null));
                return;
            }
        }
    }

    private Task StormAsync(string part, Target target, List<CapacityStep> steps) =>
        StreamsAsync(part, target, steps, options.Storms, streams => _scenarios.StormAsync(target, streams));

    private async Task ReconnectsAsync(IReadOnlyList<Target> targets)
    {
        await StepsAsync("attach", results.Attaches, targets, (part, target, steps) =>
            RateAsync(part, target, steps, rate => _scenarios.ReconnectsAsync(target, rate, isRunning: true)));
        await StepsAsync("replay", results.Replays, targets, (part, target, steps) =>
            RateAsync(part, target, steps, rate => _scenarios.ReconnectsAsync(target, rate, isRunning: false)));
    }

    /// <summary>Measures a new process each time. One that has run seldom gives memory back, and has compiled its code.</summary>
    private async Task NewEachAsync<T>(
        string part, Dictionary<string, List<T>> into, Func<Target, Task<T>> run, bool isWarm = true)
    {
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            foreach (var name in options.Targets)
            {
                await using var target = await StartAsync(name, isWarm);
                Of(into, name).Add(await SayAsync(part, target, () => run(target)));
            }
        }
    }

    private async Task AbortsAsync()
    {
        foreach (var name in options.Targets)
        {
            await using var target = await StartAsync(name, AbandonAtOnce);
            // The first run is not counted: the warm-up aborts no answer, so the code of an abort is not compiled yet.
            await _scenarios.ClosesAsync(target, options.AbortedStreams);
            results.Closes[name] = await SayAsync("closes", target, () => _scenarios.ClosesAsync(target, options.AbortedStreams));
            if (name == ChatStream)
            {
                await _scenarios.StopsAsync(target, options.AbortedStreams);
                results.Stops[name] = await SayAsync(
                    "stops", target, () => _scenarios.StopsAsync(target, options.AbortedStreams));
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

    private Task CapacityAsync(Target target, List<CapacityStep> steps) =>
        StreamsAsync("capacity", target, steps, options.Capacity,
            streams => _scenarios.PacedAsync(target, streams, 20, isFull: streams >= MayBeFull));

    /// <summary>Tries more and more streams until the latency is too high or the load itself is the limit.</summary>
    private async Task StreamsAsync(
        string part, Target target, List<CapacityStep> steps, IReadOnlyList<int> counts, Func<int, Task<Window>> run)
    {
        foreach (var streams in counts)
        {
            try
            {
                var figures = await SayAsync($"{part} {streams}", target, () => run(streams));
                steps.Add(new CapacityStep(streams, figures));
                if (figures.Latency.P99 > LongestLatency || figures.IsVoid)
                    return;
            }
            catch (LoadException fault)
            {
                // A target past its limit may stop accepting streams.
                results.Faults.Add($"{target.Name}, {part} {streams}: {fault.Message}");
                steps.Add(new CapacityStep(streams, null));
                return;
            }
        }
    }

    private Task AlternateAsync(
        string part, Dictionary<string, List<Window>> into, IReadOnlyList<Target> targets, Func<Target, Task<Window>> run) =>
        PartAsync(part, async () =>
        {
            // The first run is not counted: some code is compiled during it.
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

    private Task<Target> StartAsync(string name, params (string, string)[] settings) => StartAsync(name, true, settings);

    private async Task<Target> StartAsync(string name, bool isWarm, params (string, string)[] settings)
    {
        var (upstream, processors) = (bench.Upstream.Address, options.Processors);
        var target = name == ChatStream || Variant.Is(name)
            ? await Target.StartAppAsync(
                name, Variant.AppOf(name) ?? app, upstream, processors, isWarm, [.. settings, .. Variant.SettingsOf(name)])
            : await Target.StartPeerAsync(name, upstream, processors, isWarm);
        if (isWarm)
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
            Rate r => Lines.Of(r),
            ColdStart c => Lines.Of(c),
            Dictionary<int, double> rest => Lines.Of(rest),
            _ => "",
        }}");
        return result;
    }

    private static List<T> Of<TKey, T>(Dictionary<TKey, List<T>> lists, TKey key) where TKey : notnull =>
        lists.TryGetValue(key, out var list) ? list : lists[key] = [];
}
