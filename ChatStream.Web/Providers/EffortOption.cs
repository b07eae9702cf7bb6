using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers;

/// <summary>
/// The effort in <see cref="ChatOptions"/>, by the name that the service takes. <see cref="ReasoningEffort"/> does not know all
/// names: <c>minimal</c> and <c>max</c> are missing.
/// </summary>
internal static class EffortOption
{
    private const string Property = "chatstream.effort";

    /// <param name="options">Gets the effort.</param>
    /// <param name="effort">A name such as <c>minimal</c>; null: none is asked for.</param>
    public static ChatOptions WithEffort(this ChatOptions options, string? effort)
    {
        if (effort is not null)
            (options.AdditionalProperties ??= [])[Property] = effort;
        return options;
    }

    /// <summary>The effort that is asked for, as the service takes it; null: none.</summary>
    public static string? EffortOf(this ChatOptions options) =>
        options.AdditionalProperties?.GetValueOrDefault(Property) as string ?? options.Reasoning?.Effort switch
        {
            null => null,
            ReasoningEffort.None => "none",
            ReasoningEffort.Low => "low",
            ReasoningEffort.Medium => "medium",
            ReasoningEffort.High => "high",
            _ => "xhigh",
        };
}
