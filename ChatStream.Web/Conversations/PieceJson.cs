using System.Text.Json;
using System.Text.Json.Serialization;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>How the pieces of a checkpoint are stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<Piece>))]
internal sealed partial class PieceJson : JsonSerializerContext
{
    public static PieceJson Pieces => Instance.Value;

    private static class Instance
    {
        // Apart, as in WireJson: the generated part's static fields come first.
        internal static readonly PieceJson Value = new(new JsonSerializerOptions(Default.Options) { Encoder = MinimalEscaping.Instance });
    }
}
