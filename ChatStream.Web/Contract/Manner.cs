namespace ChatStream.Web.Contract;

/// <summary>How the answers of a conversation are to be, as its user chose. A member is null where nothing was chosen.</summary>
/// <param name="Preset">The name of a preset in <c>GET /models</c>.</param>
/// <param name="Effort">How much the model thinks.</param>
/// <param name="Verbosity">How much the model writes: <c>low</c>, <c>medium</c> or <c>high</c>.</param>
/// <param name="SystemPrompt">Instructions that the model gets with each message, after those of the settings.</param>
internal sealed record Manner(string? Preset, string? Effort, string? Verbosity, string? SystemPrompt)
{
    /// <summary>UTF-16 units of a system prompt.</summary>
    public const int LongestSystemPrompt = 10_000;

    /// <summary>UTF-16 units of the name of a preset, an effort or a verbosity.</summary>
    public const int LongestName = 64;

    /// <summary>What the conversation's folder says; null: it has no instructions, or there is no folder.</summary>
    public FolderInstructions? Folder { get; init; }

    /// <summary>Nothing was chosen.</summary>
    public static Manner None { get; } = new(null, null, null, null);
}

/// <summary>The members of a body that change the manner of a conversation; null: absent.</summary>
internal readonly record struct MannerChange(
    OptionalText? Preset, OptionalText? Effort, OptionalText? Verbosity, OptionalText? SystemPrompt)
{
    /// <summary>Nothing is changed.</summary>
    public bool IsEmpty => Preset is null && Effort is null && Verbosity is null && SystemPrompt is null;

    /// <summary>The manner after the change.</summary>
    public Manner ApplyTo(Manner before) => IsEmpty ? before : before with
    {
        Preset = Or(Preset, before.Preset),
        Effort = Or(Effort, before.Effort),
        Verbosity = Or(Verbosity, before.Verbosity),
        SystemPrompt = Or(SystemPrompt, before.SystemPrompt),
    };

    private static string? Or(OptionalText? sent, string? before) => sent is null ? before : sent.Text;
}
