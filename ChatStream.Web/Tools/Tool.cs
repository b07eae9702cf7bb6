using ChatStream.Web.Contract;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Tools;

/// <summary>What came of a call.</summary>
/// <param name="Text">What the model is told, bounded.</param>
/// <param name="IsFault">Whether the tool, or the way to it, failed.</param>
/// <param name="IsUnknown">Whether the call may have been made although no result came.</param>
/// <param name="Permission">The server that needs the user's permission first; null: it was not that.</param>
internal readonly record struct ToolOutcome(
    string Text, bool IsFault = false, bool IsUnknown = false, string? Permission = null)
{
    /// <summary>The images of the result, as the server sent them: hostile until they were read. Null: none.</summary>
    public IReadOnlyList<byte[]>? Images { get; init; }

    public static ToolOutcome NeedsPermission(string server) => new(
        $"The tools of '{server}' are not available: the user has not given permission, or it has ended. The page shows the user "
        + "a link for that. Tell the user in words that the tool is not available until then. The call was not made.",
        IsFault: true, Permission: server);

    public static ToolOutcome Fault(string text) => new(text, IsFault: true);

    public static ToolOutcome Unknown(string text) => new($"{text} {UnknownWords}", IsFault: true, IsUnknown: true);

    /// <summary>Said of a call whose outcome nobody knows.</summary>
    public const string UnknownWords = "It is not known whether the call was made.";
}

/// <summary>A tool that models may call.</summary>
internal sealed record Tool
{
    /// <summary>Name, description and schema, as the model is told them.</summary>
    public required AIFunctionDeclaration Declaration { get; init; }

    /// <summary>Makes the call. It throws when it is cancelled, and otherwise never.</summary>
    public required Func<AIFunctionArguments, CancellationToken, Task<ToolOutcome>> CallAsync { get; init; }

    public string Name => Declaration.Name;

    /// <summary>Whether a call asks the user first.</summary>
    public required bool Asks { get; init; }

    /// <summary>Whether a call whose connection broke may be made again.</summary>
    public bool IsIdempotent { get; init; }

    /// <summary>The names of the models that get it. Empty: all that take tools.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>The groups that may use it. Empty: everybody may.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Whether a user with these rights gets it with this model.</summary>
    public bool IsFor(string model, Rights rights) =>
        rights.MayUse(Groups) && (Models.Count == 0 || Models.Contains(model, StringComparer.OrdinalIgnoreCase));
}
