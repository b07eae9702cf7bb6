namespace ChatStream.Benchmarks.Load;

/// <summary>All figures of a run, as they are written to load.json. Lists have one entry per pair, in the order they were taken.</summary>
internal sealed class Results
{
    public required Machine Machine { get; init; }

    /// <summary>How many processors the target had.</summary>
    public required int TargetProcessors { get; init; }

    /// <summary>Whether the upstream sent a random <c>obfuscation</c> in each chunk.</summary>
    public required bool Obfuscation { get; init; }

    public Dictionary<string, List<Window>> Paced { get; } = [];
    public Dictionary<string, List<Window>> Latency { get; } = [];
    public Dictionary<string, List<CapacityStep>> Capacity { get; } = [];
    public Dictionary<string, List<Window>> Unpaced { get; } = [];

    /// <summary>As unpaced, in whole answers of 2,000 tokens.</summary>
    public Dictionary<string, List<Window>> Answers { get; } = [];

    /// <summary>Bytes per open stream.</summary>
    public Dictionary<string, List<double>> Memory { get; } = [];

    public Dictionary<string, Aborts> Closes { get; } = [];
    public Dictionary<string, Aborts> Stops { get; } = [];

    /// <summary>By the number of readers of each generation.</summary>
    public Dictionary<int, List<Window>> Readers { get; } = [];

    public Dictionary<string, Starts> Starts { get; } = [];

    /// <summary>By the number of messages in the conversation.</summary>
    public Dictionary<int, List<Starts>> LongStarts { get; } = [];

    /// <summary>Scenarios that a target did not get through, with what it did wrong.</summary>
    public List<string> Faults { get; } = [];
}

/// <param name="Streams">Open at once, each with 20 tokens a second.</param>
/// <param name="Figures">Null where the target did not get so far.</param>
internal sealed record CapacityStep(int Streams, Window? Figures);

internal sealed record Machine(string Processor, int Processors, string System, string Runtime, DateTimeOffset At)
{
    public static Machine This() => new(
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1] ?? "unknown",
        Environment.ProcessorCount,
        Environment.OSVersion.ToString(),
        Environment.Version.ToString(),
        TimeProvider.System.GetUtcNow());
}
