namespace ChatStream.Web.Conversations;

/// <summary>
/// An entry of the journal: what was streamed of all running answers since the entry before. Entries are appended, read only after
/// a crash, and go when no answer without a stored end has a piece in them.
/// </summary>
internal sealed class Checkpoint
{
    /// <summary>Ascending, and never given twice.</summary>
    public long Id { get; init; }

    /// <summary>The pieces, as JSON: one row for all of them, because an index entry for each would cost a page for each.</summary>
    public required string Pieces { get; init; }
}
