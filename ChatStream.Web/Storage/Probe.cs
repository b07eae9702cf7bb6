namespace ChatStream.Web.Storage;

/// <summary>The one row that <see cref="WriteProbe"/> writes, to see whether the database takes it.</summary>
internal sealed class Probe
{
    public int Id { get; init; }

    public required DateTimeOffset WrittenAt { get; init; }
}
