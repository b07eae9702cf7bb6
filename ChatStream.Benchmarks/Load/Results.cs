namespace ChatStream.Benchmarks.Load;

/// <summary>All figures of a run, as load.json has them. A list has one entry for each pair, in the order of the run.</summary>
internal sealed class Results
{
    public required Machine Machine { get; init; }

    /// <summary>The number of processors that the target could use.</summary>
    public required int TargetProcessors { get; init; }

    /// <summary>Whether the upstream sent a random <c>obfuscation</c> in each chunk.</summary>
    public required bool Obfuscation { get; init; }

    public Dictionary<string, List<Window>> Paced { get; } = [];
    public Dictionary<string, List<Window>> Latency { get; } = [];
    public Dictionary<string, List<CapacityStep>> Capacity { get; } = [];
    public Dictionary<string, List<Window>> Unpaced { get; } = [];

    /// <summary>The same as unpaced, in whole answers of 2,000 tokens.</summary>
    public Dictionary<string, List<Window>> Answers { get; } = [];

    /// <summary>The same, in whole answers of 20,000 tokens.</summary>
    public Dictionary<string, List<Window>> LongAnswers { get; } = [];

    /// <summary>Bytes per open stream.</summary>
    public Dictionary<string, List<double>> Memory { get; } = [];

    public Dictionary<string, Aborts> Closes { get; } = [];
    public Dictionary<string, Aborts> Stops { get; } = [];

    /// <summary>By the number of readers of each generation.</summary>
    public Dictionary<int, List<Window>> Readers { get; } = [];

    public Dictionary<string, List<Starts>> Starts { get; } = [];

    /// <summary>Starts at a fixed rate, ascending, one list for each pair.</summary>
    public Dictionary<string, List<List<RateStep>>> Rates { get; } = [];

    /// <summary>Streams that were opened within seconds, ascending, one list for each pair.</summary>
    public Dictionary<string, List<List<CapacityStep>>> Storms { get; } = [];

    /// <summary>Connections at a fixed rate to an answer that runs.</summary>
    public Dictionary<string, List<List<RateStep>>> Attaches { get; } = [];

    /// <summary>Connections at a fixed rate to an answer that has ended.</summary>
    public Dictionary<string, List<List<RateStep>>> Replays { get; } = [];

    /// <summary>Resident bytes of a process at rest, by the number of its answers before.</summary>
    public Dictionary<string, List<Dictionary<int, double>>> Rest { get; } = [];

    /// <summary>The first answers of a new process, without a warm-up.</summary>
    public Dictionary<string, List<ColdStart>> Cold { get; } = [];

    /// <summary>By the number of messages in the conversation.</summary>
    public Dictionary<int, List<Starts>> LongStarts { get; } = [];

    /// <summary>Scenarios that a target did not complete, with the fault.</summary>
    public List<string> Faults { get; } = [];
}

/// <param name="Streams">The number of open streams, each with 20 tokens a second.</param>
/// <param name="Figures">Null if the target failed at this step.</param>
internal sealed record CapacityStep(int Streams, Window? Figures);

/// <param name="PerSecond">Starts, or connections, a second.</param>
/// <param name="Figures">Null if the target failed at this step.</param>
internal sealed record RateStep(int PerSecond, Rate? Figures);

internal sealed record Machine(string Processor, int Processors, string System, string Runtime, DateTimeOffset At)
{
    public static Machine This() => new(
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1] ?? "unknown",
        Environment.ProcessorCount,
        Environment.OSVersion.ToString(),
        Environment.Version.ToString(),
        TimeProvider.System.GetUtcNow());
}
