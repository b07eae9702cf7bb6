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

    /// <summary>Bytes per open stream.</summary>
    public Dictionary<string, List<double>> Memory { get; } = [];

    public Dictionary<string, Aborts> Closes { get; } = [];
    public Dictionary<string, Aborts> Stops { get; } = [];

    /// <summary>By the number of readers of each generation.</summary>
    public Dictionary<int, List<Window>> Readers { get; } = [];

    public Dictionary<string, Starts> Starts { get; } = [];

    /// <summary>By the number of messages in the conversation.</summary>
    public Dictionary<int, List<Starts>> LongStarts { get; } = [];

    /// <summary>Scenarios that a target did not complete, with the fault.</summary>
    public List<string> Faults { get; } = [];
}

/// <param name="Streams">The number of open streams, each with 20 tokens a second.</param>
/// <param name="Figures">Null if the target failed at this step.</param>
internal sealed record CapacityStep(int Streams, Window? Figures);

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
