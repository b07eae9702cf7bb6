using System.Globalization;
using ChatStream.Benchmarks.Peers;

namespace ChatStream.Benchmarks.Load;

/// <summary>The options of <c>load</c> on the command line.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        usage: dotnet run -c Release --project ChatStream.Benchmarks -- load [options]

          --quick           takes a minute: few streams, short windows, one pair. It shows that all works, not how fast it is
          --pairs N         how often each target is measured, alternating with the others; default 5
          --seconds N       how long each measurement takes; default 5
          --only A,B        the parts to run, of: paced, latency, capacity, unpaced, answers, long, memory, aborts, readers,
                            starts, rate, storm, reconnects, rest, cold
          --targets A,B     the targets, of: ChatStream, YARP, naive, typed. A ratio needs both of its targets. Also
                            ChatStream:NAME=VALUE;NAME=VALUE, the app with environment variables, to see the effect of a
                            setting (a value may not have "," or ";"), and ChatStream:APP=FOLDER, another published
                            ChatStream beside the one that is measured
          --processors N    the number of processors that the target may use, 1 or 2; default 1. With 2 on a machine that
                            has no third, the load shares both with the target, and the target runs at a lower priority
          --capacity A,B,C  the numbers of streams that the part "capacity" tries, ascending;
                            default 250,500,1000,1500,2000,2500,3000,4000,5000,6000
          --no-obfuscation  the upstream leaves out the random "obfuscation" that a service adds to each chunk
          --app FOLDER      a published ChatStream; by default, the command publishes it first
          --out FOLDER      where to write load.json, load.md and load.svg; default artifacts/load
        """;

    public static readonly string[] AllParts =
        [
            "paced", "latency", "capacity", "unpaced", "answers", "long", "memory", "aborts", "readers", "starts", "rate",
            "storm", "reconnects", "rest", "cold",
        ];

    public static readonly string[] AllTargets = ["ChatStream", .. Peer.All];

    /// <summary>Linux has some 28,000 local ports for connections from one address to another.</summary>
    private const int MostStreams = 28_000;

    public bool Quick { get; init; }
    public int Pairs { get; init; } = 5;
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(5);
    public IReadOnlyList<TimeSpan> WarmUps =>
        Quick ? [TimeSpan.FromSeconds(1)] : [.. Enumerable.Repeat(TimeSpan.FromSeconds(3), 4)];

    public int SettlingRounds => Quick ? 0 : 1;
    public IReadOnlyList<string> Parts { get; init; } = AllParts;
    public IReadOnlyList<string> Targets { get; init; } = AllTargets;
    public int Processors { get; init; } = 1;
    public bool Obfuscation { get; init; } = true;
    public string? App { get; init; }
    public string Out { get; init; } = Path.Combine(Repository.Root, "artifacts", "load");

    // The numbers that the budgets name. The quick run takes a fraction.
    public int PacedStreams => Quick ? 50 : 1000;
    public int LatencyStreams => Quick ? 20 : 100;
    public int UnpacedStreams => Quick ? 8 : 32;
    public int AbortedStreams => Quick ? 20 : 200;
    public int SharedGenerations => Quick ? 20 : 300;
    public int Starts => Quick ? 10 : 200;

    /// <summary>Starts a second that the part "rate" tries, and connections a second of "reconnects".</summary>
    public IReadOnlyList<int> Rates =>
        Quick ? [20, 40] : [50, 100, 150, 200, 250, 300, 400, 500, 600, 800, 1000, 1250, 1500, 2000, 2500, 3000];

    /// <summary>The numbers of streams that the part "storm" opens within <see cref="Scenarios.StormTime"/>.</summary>
    public IReadOnlyList<int> Storms => Quick ? [50, 100] : [500, 1000, 1500, 2000, 2500, 3000];

    /// <summary>The answers after which the part "rest" looks at the memory.</summary>
    public IReadOnlyList<int> AnswersBeforeRest => Quick ? [20, 40] : [1_000, 10_000];

    /// <summary>The answers of a new process in the part "cold".</summary>
    public int FirstAnswers => Quick ? 20 : 1_000;

    /// <summary>The numbers of streams of the part "capacity".</summary>
    public IReadOnlyList<int> Capacity =>
        CapacitySteps ?? (Quick ? [50, 100] : [250, 500, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 6000]);

    /// <summary>The same, from the command line; null if it does not say.</summary>
    public IReadOnlyList<int>? CapacitySteps { get; init; }

    /// <exception cref="LoadException">An argument is wrong. The message names it.</exception>
    public static LoadOptions Parse(IEnumerable<string> arguments)
    {
        var options = new LoadOptions();
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out var name))
        {
            options = name switch
            {
                "--quick" => options with { Quick = true, Pairs = 1, Window = TimeSpan.FromSeconds(1) },
                "--pairs" => options with { Pairs = Number(name, rest) },
                "--seconds" => options with { Window = TimeSpan.FromSeconds(Number(name, rest)) },
                "--only" => options with { Parts = ListOf(AllParts, Value(name, rest)) },
                "--targets" => options with { Targets = ListOf(AllTargets, Value(name, rest), Variant.Is) },
                "--processors" => options with { Processors = Number(name, rest, Load.Processors.Most) },
                "--capacity" => options with { CapacitySteps = Steps(name, rest) },
                "--no-obfuscation" => options with { Obfuscation = false },
                "--app" => options with { App = Path.GetFullPath(Value(name, rest)) },
                "--out" => options with { Out = Path.GetFullPath(Value(name, rest)) },
                _ => throw new LoadException($"There is no option {name}.\n{Usage}"),
            };
        }
        return options;
    }

    private static string Value(string name, Queue<string> rest) =>
        rest.TryDequeue(out var value) ? value : throw new LoadException($"{name} needs a value.\n{Usage}");

    private static int Number(string name, Queue<string> rest, int most = 1000) =>
        NumberIn(Value(name, rest), most) ?? throw new LoadException($"{name} is a number from 1 to {most}.\n{Usage}");

    private static int[] Steps(string name, Queue<string> rest)
    {
        var steps = Value(name, rest).Split(',').Select(step => NumberIn(step, MostStreams) ?? 0).ToArray();
        return steps[0] > 0 && steps.Zip(steps.Skip(1)).All(pair => pair.First < pair.Second)
            ? steps
            : throw new LoadException($"{name} is a list of numbers from 1 to {MostStreams}, ascending.\n{Usage}");
    }

    private static int? NumberIn(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most
            ? number
            : null;

    private static string[] ListOf(string[] all, string list, Func<string, bool>? isOther = null)
    {
        var parts = list.Split(',');
        return parts.Except(all).FirstOrDefault(part => isOther?.Invoke(part) != true) is { } unknown
            ? throw new LoadException($"There is no '{unknown}'.\n{Usage}")
            : parts;
    }
}
