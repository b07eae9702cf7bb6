namespace ChatStream.Web.Storage;

/// <summary>The last time that retention is sure of. The table has one row.</summary>
internal sealed class RetentionMark
{
    public const int OnlyId = 1;

    public int Id { get; init; }
    public required DateTimeOffset At { get; init; }
}
