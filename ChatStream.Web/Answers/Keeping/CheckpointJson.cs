using System.Text.Json;
using System.Text.Json.Serialization;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>How the parts of a checkpoint are stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<CheckpointPart>))]
internal sealed partial class CheckpointJson : JsonSerializerContext
{
    public static CheckpointJson Parts => Instance.Value;

    private static class Instance
    {
        // Apart, as in WireJson: the generated part's static fields come first.
        internal static readonly CheckpointJson Value = new(
            new JsonSerializerOptions(Default.Options) { Encoder = MinimalEscaping.Instance });
    }
}
