using System.Text;
using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

/// <summary>A call of a tool that a model asks for, as its service sent it.</summary>
/// <param name="Name">The tool's name; may be one that nobody offered.</param>
/// <param name="Arguments">The text that the model wrote. It may be no JSON.</param>
internal readonly record struct RequestedCall(string Name, string Arguments);

/// <summary>
/// Puts the calls of one answer together from their fragments. The first fragment of a call has its id and name, and all of them
/// a piece of its arguments. Services number the calls; some leave the numbers out, or give the same to all.
/// </summary>
internal sealed class ToolCallParts
{
    /// <summary>Calls of one answer; the others are dropped. OpenAI's models ask for a few.</summary>
    public const int MostCalls = 64;

    /// <summary>Characters of one call's arguments that are kept. So many are refused later.</summary>
    public const int LongestArguments = 128 * 1024;

    private readonly List<Part> _parts = [];

    public bool IsEmpty => _parts.Count == 0;

    /// <summary>The calls, in the order in which they began. One without a name is none.</summary>
    public IEnumerable<RequestedCall> Calls => _parts.Where(part => part.Name.Length > 0)
        .Select(part => new RequestedCall(part.Name, part.Arguments.ToString() + part.Rest));

    /// <summary>Reads a list of fragments, or one that stands alone.</summary>
    /// <param name="json">At the value's first token.</param>
    public void Read(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.StartArray)
        {
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                ReadFragment(ref json);
        }
        else
        {
            ReadFragment(ref json);
        }
    }

    /// <summary>
    /// Reads a call that is whole. It is one of its own, whatever its id: some services give the same to all. The same call of
    /// the same item is the same event, sent twice.
    /// </summary>
    /// <param name="json">At the value's first token.</param>
    public void ReadWhole(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject || _parts.Count == MostCalls)
        {
            json.Skip();
            return;
        }
        var (fragment, part) = (new Fragment(), new Part());
        ReadMembers(ref json, ref fragment, part);
        (part.Name, part.ItemId) = (fragment.Name ?? "", fragment.ItemId);
        if (!_parts.Exists(part.IsRepeated))
            _parts.Add(part);
    }

    private void ReadFragment(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        var fragment = new Fragment();
        var start = json; // read twice: the arguments may come before what says whose they are
        ReadMembers(ref json, ref fragment, part: null);
        if (Find(fragment) is { } part)
        {
            if (fragment.Name is { Length: > 0 } name && part.Name.Length == 0)
                part.Name = name;
            ReadMembers(ref start, ref fragment, part);
        }
    }

    private static void ReadMembers(ref Utf8JsonReader json, ref Fragment fragment, Part? part)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (json.ValueTextEquals("index"u8) || json.ValueTextEquals("output_index"u8))
                fragment.Index = JsonValues.ReadNumber(ref json);
            else if (json.ValueTextEquals("id"u8))
                fragment.Id = fragment.ItemId = JsonValues.ReadString(ref json) ?? fragment.Id;
            else if (json.ValueTextEquals("call_id"u8))
                fragment.Id = JsonValues.ReadString(ref json) ?? fragment.Id;
            else if (json.ValueTextEquals("name"u8))
                fragment.Name = JsonValues.ReadString(ref json);
            else if (json.ValueTextEquals("arguments"u8))
                ReadArguments(ref json, part);
            else if (json.ValueTextEquals("function"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.StartObject)
                    ReadMembers(ref json, ref fragment, part);
                else
                    json.Skip();
            }
            else
                JsonValues.Skip(ref json);
        }
    }

    // Some servers send the arguments as an object, and not as the text of one.
    private static void ReadArguments(ref Utf8JsonReader json, Part? part)
    {
        json.Read();
        if (part is null || json.TokenType == JsonTokenType.Null)
            json.Skip();
        else if (json.TokenType == JsonTokenType.String)
            part.Add(part.Text.ReadCurrent(ref json));
        else
            part.Add(JsonElement.ParseValue(ref json).GetRawText());
    }

    private Part? Find(in Fragment fragment)
    {
        var id = fragment.Id;
        var known = fragment.Index is { } index
            ? _parts.FindLast(part => part.Index == index)
            : id is { Length: > 0 } ? _parts.Find(part => part.Id == id)
            : fragment.Name is not { Length: > 0 } ? _parts.LastOrDefault() : null;
        // Another id and a name: another call under the same number.
        if (known is not null && !(id is { Length: > 0 } && known.Id is { Length: > 0 } && known.Id != id
            && fragment.Name is { Length: > 0 }))
            return known;
        if (_parts.Count == MostCalls)
            return null;
        var part = new Part { Index = fragment.Index, Id = id };
        _parts.Add(part);
        return part;
    }

    private struct Fragment
    {
        public long? Index { get; set; }
        public string? Id { get; set; }

        /// <summary>Of an item of Responses, which also has the id of its call.</summary>
        public string? ItemId { get; set; }

        public string? Name { get; set; }
    }

    private sealed class Part
    {
        public long? Index { get; init; }
        public string? Id { get; init; }
        public string? ItemId { get; set; }
        public string Name { get; set; } = "";
        public JsonText Text { get; } = new();
        public StringBuilder Arguments { get; } = new();
        public string? Rest => Text.Rest();

        public bool IsRepeated(Part other) => ItemId is { Length: > 0 } && ItemId == other.ItemId && Name == other.Name
            && Arguments.Equals(other.Arguments);

        public void Add(string? piece)
        {
            if (piece is not null && Arguments.Length + piece.Length <= LongestArguments)
                Arguments.Append(piece);
            else if (piece is not null)
                Arguments.Append(piece.AsSpan(0, LongestArguments - Arguments.Length));
        }
    }
}
