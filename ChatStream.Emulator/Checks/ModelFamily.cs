namespace ChatStream.Emulator.Checks;

/// <summary>
/// What the models of a family take, by Microsoft's and the makers' documentation. A deployment belongs to the family whose
/// name its own begins with. One that belongs to none takes everything.
/// </summary>
/// <param name="Name">How the names of its deployments begin.</param>
public sealed record ModelFamily(string Name)
{
    private static readonly string[] Reasoning = ["low", "medium", "high"];
    private static readonly string[] AnyVerbosity = ["low", "medium", "high"];

    public bool HasChat { get; init; } = true;

    public bool HasResponses { get; init; } = true;

    public bool TakesMaxTokens { get; init; } = true;

    public bool TakesMaxCompletionTokens { get; init; } = true;

    /// <summary>Whether <c>temperature</c>, <c>top_p</c> and the penalties may be set.</summary>
    public bool TakesSampling { get; init; } = true;

    /// <summary>The values of <c>reasoning_effort</c>. Empty: there is no such parameter. Null: any.</summary>
    public IReadOnlyList<string>? Efforts { get; init; } = [];

    /// <summary>The values of <c>verbosity</c>. Empty: there is no such parameter. Null: any.</summary>
    public IReadOnlyList<string>? Verbosities { get; init; } = [];

    /// <summary>Whether chat completions take function tools together with an effort other than <c>none</c>.</summary>
    public bool TakesToolsWithEffort { get; init; } = true;

    /// <summary>Whether an answer with calls of tools must come back with its <c>reasoning_content</c>.</summary>
    public bool WantsReasoningBack { get; init; }

    /// <summary>Whether messages may have images.</summary>
    public bool SeesImages { get; init; } = true;

    /// <summary>Whether the maker's server checks requests against a schema of its own, which is small.</summary>
    public bool HasSchema { get; init; }

    public static IReadOnlyList<ModelFamily> All { get; } =
    [
        new("gpt-4o"),
        new("gpt-4.1"),
        OfOSeries("o3-mini") with { SeesImages = false },
        OfOSeries("o4-mini"),
        OfGpt5("gpt-5", "minimal", "low", "medium", "high"),
        OfGpt5("gpt-5.1", "none", "low", "medium", "high"),
        OfGpt5("gpt-5.4", "none", "low", "medium", "high", "xhigh") with { TakesToolsWithEffort = false },
        OfGpt5("gpt-5-pro", "high") with { HasChat = false },
        OfGpt5("gpt-5-codex", Reasoning) with { HasChat = false, Verbosities = ["medium"] },
        OfGpt5("gpt-5.1-codex-max", "none", "low", "medium", "high", "xhigh") with
        {
            HasChat = false,
            Verbosities = ["medium"],
        },
        new("model-router") { Efforts = null, Verbosities = null },
        DeepSeek,
        DeepSeek with { Name = "DeepSeek-V4", WantsReasoningBack = true },
        new("grok-3") { HasResponses = false, SeesImages = false },
        new("Mistral") { HasResponses = false, HasSchema = true },
    ];

    private static ModelFamily DeepSeek =>
        new("DeepSeek") { HasResponses = false, TakesMaxCompletionTokens = false, SeesImages = false };

    private static ModelFamily Unknown { get; } = new("") { Efforts = null, Verbosities = null };

    public static ModelFamily Of(string deployment) => All
        .Where(family => deployment.StartsWith(family.Name, StringComparison.OrdinalIgnoreCase))
        .MaxBy(family => family.Name.Length) ?? Unknown;

    private static ModelFamily OfOSeries(string name) =>
        new(name) { TakesMaxTokens = false, TakesSampling = false, Efforts = Reasoning };

    private static ModelFamily OfGpt5(string name, params string[] efforts) =>
        new(name) { TakesMaxTokens = false, TakesSampling = false, Efforts = efforts, Verbosities = AnyVerbosity };
}
