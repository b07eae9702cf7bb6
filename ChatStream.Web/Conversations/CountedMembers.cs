using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>Counts members of an import that no type here has, and keeps none. The serializer takes it for a dictionary.</summary>
internal sealed class CountedMembers(ImportRemarks? remarks) : IDictionary<string, JsonElement>
{
    public JsonElement this[string key]
    {
        get => default;
        set => remarks?.Add(ImportRemarkKind.Member, key);
    }

    public ICollection<string> Keys => [];

    public ICollection<JsonElement> Values => [];

    public int Count => 0;

    public bool IsReadOnly => false;

    public void Add(string key, JsonElement value) => this[key] = value;

    public void Add(KeyValuePair<string, JsonElement> item) => this[item.Key] = item.Value;

    public void Clear()
    {
    }

    public bool Contains(KeyValuePair<string, JsonElement> item) => false;

    public bool ContainsKey(string key) => false;

    public void CopyTo(KeyValuePair<string, JsonElement>[] array, int arrayIndex)
    {
    }

    public bool Remove(string key) => false;

    public bool Remove(KeyValuePair<string, JsonElement> item) => false;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out JsonElement value)
    {
        value = default;
        return false;
    }

    public IEnumerator<KeyValuePair<string, JsonElement>> GetEnumerator() =>
        Enumerable.Empty<KeyValuePair<string, JsonElement>>().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
