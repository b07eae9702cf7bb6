using System.Collections;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>Hands on the messages of an import as they are read, and keeps none.</summary>
internal sealed class ImportedMessages(Action<MessageNode?> each) : ICollection<MessageNode?>
{
    public int Count { get; private set; }

    public bool IsReadOnly => false;

    public void Add(MessageNode? item)
    {
        Count++;
        each(item);
    }

    public void Clear() => throw new NotSupportedException();

    public bool Contains(MessageNode? item) => false;

    public void CopyTo(MessageNode?[] array, int arrayIndex)
    {
    }

    public bool Remove(MessageNode? item) => false;

    // The serializer counts them to name the one at fault.
    public IEnumerator<MessageNode?> GetEnumerator() => Enumerable.Repeat<MessageNode?>(null, Count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
