using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>
/// Writes and reads each value of a closed set by its one name. The framework's converter reads numbers, blanks and joined names
/// (<c>up,down</c>) too, and gives values that are not in the set.
/// </summary>
internal sealed class ClosedSetConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;

    private sealed class Of<T> : JsonConverter<T> where T : struct, Enum
    {
        private static readonly Dictionary<T, JsonEncodedText> Names =
            Enum.GetValues<T>().ToDictionary(value => value, value => JsonEncodedText.Encode(NameOf(value)));

        private static readonly Dictionary<string, T> Values = Names.ToDictionary(one => one.Value.Value, one => one.Key);

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Values.TryGetValue(reader.GetString()!, out var value)
                ? value
                : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Names[value]);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(Names[value]);

        private static string NameOf(T value)
        {
            var member = typeof(T).GetField(value.ToString())!;
            return member.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? member.Name;
        }
    }
}
