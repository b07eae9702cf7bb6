using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Views;

/// <summary>
/// The key by which <c>Page/_Ending.cshtml</c> chooses the words for an ending: the finish reason, or <c>failed.</c> and the
/// code. The script forms the same key and clones that ending.
/// </summary>
public static class Ending
{
    /// <summary>Only the page has this ending: the server no longer has the answer that the page shows.</summary>
    public const string Gone = "gone";

    /// <summary>Only the page has this ending: a proxy in front of the server wants the user to sign in again.</summary>
    public const string SignedOut = "signed-out";

    /// <summary>Only the page has this ending: the user has stopped the answer, but the server cannot be reached.</summary>
    public const string Unstopped = "unstopped";

    /// <summary>All keys.</summary>
    public static IEnumerable<string> Keys =>
        Enum.GetValues<FinishReason>().Select(WireName)
            .Concat(Enum.GetValues<FailureCode>().Select(code => KeyOf(FinishReason.Failed, code)))
            .Append(Gone).Append(SignedOut).Append(Unstopped);

    /// <param name="finish">Null: the answer does not run and has no end, so it was interrupted.</param>
    /// <param name="failure">The failure's code; null: it has none.</param>
    public static string KeyOf(FinishReason? finish, FailureCode? failure) => (finish, failure) switch
    {
        (FinishReason.Failed, { } code) => $"{WireName(FinishReason.Failed)}.{WireName(code)}",
        _ => ReasonOf(finish),
    };

    /// <inheritdoc cref="KeyOf"/>
    public static string ReasonOf(FinishReason? finish) => WireName(finish ?? FinishReason.Interrupted);

    private static string WireName<T>(T value) where T : struct, Enum =>
        JsonSerializer.Serialize(value, (JsonTypeInfo<T>)WireJson.Wire.GetTypeInfo(typeof(T))!).Trim('"');
}

/// <param name="Key">As <see cref="Ending.KeyOf"/> forms it.</param>
/// <param name="Categories">The content filter's categories, by its own names.</param>
/// <param name="RetryIn">Seconds until the model can be asked again; null: at once.</param>
public sealed record EndingView(string Key, IReadOnlyList<string> Categories, int? RetryIn = null);
