using System.Collections;

namespace ChatStream.Web.Conversations;

/// <summary>Hands on what an import has many of, as it is read, and keeps none.</summary>
internal sealed class ImportedList<T>(Action<T?> each) : ICollection<T?> where T : class
{
    public int Count { get; private set; }

    public bool IsReadOnly => false;

    public void Add(T? item)
    {
        Count++;
        each(item);
    }

    public void Clear() => throw new NotSupportedException();

    public bool Contains(T? item) => false;

    public void CopyTo(T?[] array, int arrayIndex)
    {
    }

    public bool Remove(T? item) => false;

    // The serializer counts them to name the one at fault.
    public IEnumerator<T?> GetEnumerator() => Enumerable.Repeat<T?>(null, Count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
