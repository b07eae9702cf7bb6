using System.Collections.Concurrent;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>What the clients of the day asked and were told.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public ConcurrentBag<AskedStart> Starts { get; } = [];

    /// <summary>Conversations that an import was told about with 201, and who imported them.</summary>
    public ConcurrentDictionary<string, ChatClient> Imported { get; } = new();

    /// <summary>Conversations that a client tried to delete. They may be gone.</summary>
    public ConcurrentDictionary<string, bool> Deleted { get; } = new();

    /// <summary>Broken promises, in words.</summary>
    public ConcurrentBag<string> Broken { get; } = [];

    public IReadOnlyDictionary<string, int> Counts =>
        _counts.OrderBy(one => one.Key, StringComparer.Ordinal).ToDictionary(one => one.Key, one => one.Value);

    public void Count(string what, int by = 1) => _counts.AddOrUpdate(what, by, (_, count) => count + by);
}

/// <summary>A start with its key, sent as often as it took.</summary>
/// <param name="Message">Unique in the day.</param>
/// <param name="User">Who asks.</param>
internal sealed record AskedStart(string Message, ChatClient User)
{
    public string Key => Message.Replace(' ', '-');

    /// <summary>All that the model has to say.</summary>
    public string WholeText { get; } = BadDayAnswer.TextFor(Message);

    /// <summary>
    /// The answers that were acknowledged for the key. There is a second one only if the first failed without a word.
    /// </summary>
    public List<string> GenerationIds { get; } = [];

    public string ConversationId { get; private set; } = "";

    /// <summary>The ends that readers were told.</summary>
    public HashSet<string> ToldEnds { get; } = [];

    public void Acknowledge(string generationId, string conversationId)
    {
        ConversationId = conversationId;
        if (!GenerationIds.Contains(generationId))
            GenerationIds.Add(generationId);
    }
}
