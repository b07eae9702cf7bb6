using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>The JSON of the contract: camelCase, absent instead of null, escaped only where JSON demands it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(StartPayload))]
[JsonSerializable(typeof(StatusPayload))]
[JsonSerializable(typeof(UsagePayload))]
[JsonSerializable(typeof(FailurePayload))]
[JsonSerializable(typeof(FinishPayload))]
[JsonSerializable(typeof(SnapshotPayload))]
[JsonSerializable(typeof(Answer))]
[JsonSerializable(typeof(StartRequest))]
[JsonSerializable(typeof(ConversationPage))]
[JsonSerializable(typeof(ConversationTree))]
[JsonSerializable(typeof(ConversationSummary))]
[JsonSerializable(typeof(ConversationChange))]
[JsonSerializable(typeof(ModelList))]
internal sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>The one instance whose encoder is <see cref="MinimalEscaping"/>.</summary>
    public static WireJson Wire => Instance.Value;

    private static class Instance
    {
        // Apart, because the order in which the generated and this part's static fields are initialised is not defined.
        internal static readonly WireJson Value = new(new JsonSerializerOptions(Default.Options) { Encoder = MinimalEscaping.Instance });
    }
}
