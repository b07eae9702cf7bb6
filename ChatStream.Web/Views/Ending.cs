using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatStream.Web.Contract;
using ChatStream.Web.Views.Page;

namespace ChatStream.Web.Views;

/// <summary>
/// Which of the endings in <c>Chat/_Ending.cshtml</c> a message has: its finish reason, or <c>failed.</c> and the code. The
/// script forms the same key and clones that ending, so the words stand once.
/// </summary>
public static class Ending
{
    /// <summary>Beside the contract's: the page lost an answer that the server no longer has.</summary>
    public const string Gone = "gone";

    public static IEnumerable<string> Keys =>
        Enum.GetValues<FinishReason>().Select(WireName)
            .Concat(Enum.GetValues<FailureCode>().Select(code => $"{WireName(FinishReason.Failed)}.{WireName(code)}"))
            .Append(Gone);

    public static string KeyOf(MessageView message) =>
        message is { FinishReason: FinishReason.Failed, Failure.Code: var code }
            ? $"{WireName(FinishReason.Failed)}.{WireName(code)}"
            : ReasonOf(message);

    /// <summary>An answer that neither runs nor has an end was interrupted, whatever the reason it was not recorded.</summary>
    public static string ReasonOf(MessageView message) => WireName(message.FinishReason ?? FinishReason.Interrupted);

    private static string WireName<T>(T value) where T : struct, Enum =>
        JsonSerializer.Serialize(value, (JsonTypeInfo<T>)WireJson.Wire.GetTypeInfo(typeof(T))!).Trim('"');
}

/// <param name="Key">As <see cref="Ending.KeyOf"/> forms it.</param>
/// <param name="Categories">What the content filter found.</param>
/// <param name="RetryIn">Seconds until the model may be asked again; null: at once.</param>
public sealed record EndingView(string Key, IReadOnlyList<string> Categories, int? RetryIn = null);
