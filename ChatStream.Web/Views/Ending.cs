using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Views;

/// <summary>
/// The key by which <c>Page/_Ending.cshtml</c> chooses the words for an ending: the finish reason, or <c>failed.</c> and the
/// code, or <c>filtered.</c> and what was filtered. The script forms the same key and clones that ending.
/// </summary>
public static class Ending
{
    /// <summary>Only the page has this ending: the server no longer has the answer that the page shows.</summary>
    public const string Gone = "gone";

    /// <summary>Only the page has this ending: a proxy in front of the server wants the user to sign in again.</summary>
    public const string SignedOut = "signed-out";

    /// <summary>Only the page has this ending: the user has stopped the answer, but the server cannot be reached.</summary>
    public const string Unstopped = "unstopped";

    private const string Withdrawn = "withdrawn";

    /// <summary>All keys.</summary>
    public static IEnumerable<string> Keys =>
        Enum.GetValues<FinishReason>().Select(WireName)
            .Concat(Enum.GetValues<FailureCode>().Select(code => Joined(FinishReason.Failed, WireName(code))))
            .Concat(Enum.GetValues<FilteredPart>().Select(WireName).Append(Withdrawn)
                .Select(part => Joined(FinishReason.Filtered, part)))
            .Append(Gone).Append(SignedOut).Append(Unstopped);

    /// <param name="finish">Null: the answer does not run and has no end, so it was interrupted.</param>
    /// <param name="failure">Null: there is none.</param>
    public static string KeyOf(FinishReason? finish, FailurePayload? failure) => (finish, failure) switch
    {
        (FinishReason.Failed, { Code: var code }) => Joined(FinishReason.Failed, WireName(code)),
        (FinishReason.Filtered, { Withdrawn: true }) => Joined(FinishReason.Filtered, Withdrawn),
        (FinishReason.Filtered, { Of: { } part }) => Joined(FinishReason.Filtered, WireName(part)),
        _ => ReasonOf(finish),
    };

    private static string Joined(FinishReason reason, string detail) => $"{WireName(reason)}.{detail}";

    /// <inheritdoc cref="KeyOf"/>
    public static string ReasonOf(FinishReason? finish) => WireName(finish ?? FinishReason.Interrupted);

    /// <summary>The name of a failure in the contract.</summary>
    public static string CodeOf(FailureCode code) => WireName(code);

    private static string WireName<T>(T value) where T : struct, Enum =>
        JsonSerializer.Serialize(value, (JsonTypeInfo<T>)WireJson.Wire.GetTypeInfo(typeof(T))!).Trim('"');
}

/// <param name="Key">As <see cref="Ending.KeyOf"/> forms it.</param>
/// <param name="Failure">Null: there is none, or it is not known yet.</param>
/// <param name="RetryIn">Seconds until the model can be asked again; null: at once.</param>
public sealed record EndingView(string Key, FailurePayload? Failure = null, int? RetryIn = null);
