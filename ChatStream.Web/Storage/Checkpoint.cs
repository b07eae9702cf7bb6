namespace ChatStream.Web.Storage;

/// <summary>
/// A row of the checkpoint journal: what was streamed of all running answers since the row before. Rows are read only after a
/// crash. A row is deleted when every answer that has a part in it has its stored end.
/// </summary>
internal sealed class Checkpoint
{
    /// <summary>Ascending; never used twice.</summary>
    public long Id { get; init; }

    /// <summary>
    /// The parts, as JSON. One row has all of them, because a row for each would cost a database page for each.
    /// </summary>
    public required string Pieces { get; init; }

    /// <summary>The instance that ran the answers; null: it is older than this column.</summary>
    public string? InstanceId { get; init; }
}
