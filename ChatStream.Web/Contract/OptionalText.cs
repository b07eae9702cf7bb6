using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>
/// A member of a body that was sent: a text, or <c>null</c>, which clears. A member that is absent is a null reference, and
/// changes nothing.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed record OptionalText
{
    private static readonly OptionalText Null = new((string?)null);

    private OptionalText(string? text) => Text = text;

    /// <summary>Null: the member is <c>null</c>.</summary>
    public string? Text { get; }

    public static implicit operator OptionalText(string? text) => text is null ? Null : new OptionalText(text);

    internal sealed class Converter : JsonConverter<OptionalText>
    {
        public override bool HandleNull => true;

        public override OptionalText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.Null => Null,
                JsonTokenType.String => reader.GetString(),
                _ => throw new JsonException(),
            };

        public override void Write(Utf8JsonWriter writer, OptionalText value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Text);
    }
}
