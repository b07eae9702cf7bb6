using System.Buffers;
using System.IO.Compression;
using System.Text.RegularExpressions;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations.Foreign;

/// <summary>
/// An export as one ZIP archive: files with conversations, and the files that users attached. What it becomes is bounded,
/// whatever the archive says of itself.
/// </summary>
internal sealed partial class ZippedExport : IDisposable
{
    /// <summary>Bytes of all conversations of one archive, unpacked.</summary>
    public const long MostBytes = 256L * 1024 * 1024;

    /// <summary>Each entry takes memory as long as the archive is open.</summary>
    public const int MostEntries = 20_000;

    private static ReadOnlySpan<byte> Signature => "PK\u0003\u0004"u8;

    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _files = new(StringComparer.Ordinal);
    private readonly HashSet<ZipArchiveEntry> _unreadable = [];

    private ZippedExport(ZipArchive archive)
    {
        _archive = archive;
        foreach (var entry in archive.Entries)
        {
            if (FileId().Match(entry.Name) is { Success: true } id)
                _files.TryAdd(id.Value, entry);
        }
    }

    public void Dispose() => _archive.Dispose();

    /// <summary>Whether a body begins as an archive does. It then stands where it stood.</summary>
    public static bool Is(Stream body)
    {
        Span<byte> begin = stackalloc byte[Signature.Length];
        var at = body.Position;
        var read = body.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        body.Position = at;
        return begin[..read].SequenceEqual(Signature);
    }

    /// <exception cref="RefusedException">413: it has too many entries.</exception>
    /// <exception cref="InvalidDataException">It is no archive.</exception>
    public static ZippedExport Open(Stream body)
    {
        if (CountEntries(body) > MostEntries)
            throw TooLarge();
        return new ZippedExport(new ZipArchive(body, ZipArchiveMode.Read, leaveOpen: true));
    }

    /// <summary>
    /// Unpacks the files that have conversations, one after the other, each into a temporary file that is gone with the stream.
    /// </summary>
    /// <exception cref="RefusedException">413: they have more bytes together than may be.</exception>
    public IEnumerable<Stream> Conversations()
    {
        var left = MostBytes;
        foreach (var entry in _archive.Entries.Where(entry => HasConversations().IsMatch(entry.FullName)))
        {
            using var unpacked = new FileStream(
                Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite,
                FileShare.None, bufferSize: 64 * 1024, FileOptions.DeleteOnClose);
            left -= Copy(entry, unpacked, left);
            unpacked.Position = 0;
            yield return unpacked;
        }
    }

    /// <summary>The name of a file that the archive has; null: it has none of this id.</summary>
    /// <param name="pointer">
    /// As conversations name it: <c>file-service://file-AbC</c>, <c>sediment://file_123</c>, or the id.
    /// </param>
    public string? NameOf(string pointer) => Find(pointer)?.Name;

    /// <summary>The content of a file; null: there is none, or it is too large, or broken.</summary>
    public byte[]? Read(string pointer)
    {
        // Many messages may name the same one. That it cannot be taken is found out once.
        if (Find(pointer) is not { } entry || _unreadable.Contains(entry))
            return null;
        using var content = new MemoryStream();
        try
        {
            Copy(entry, content, FileNode.MostBytes);
            return content.ToArray();
        }
        catch (Exception fault) when (fault is RefusedException or InvalidDataException or NotSupportedException)
        {
            _unreadable.Add(entry);
            return null;
        }
    }

    private ZipArchiveEntry? Find(string pointer)
    {
        var id = pointer[(pointer.LastIndexOf('/') + 1)..];
        return FileId().Match(id) is { Success: true } found ? _files.GetValueOrDefault(found.Value) : null;
    }

    /// <summary>It counts what comes out. The sizes that an archive states may be false.</summary>
    private static long Copy(ZipArchiveEntry entry, Stream to, long most)
    {
        using var from = entry.Open();
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var copied = 0L;
            while (from.Read(buffer) is > 0 and var read)
            {
                if ((copied += read) > most)
                    throw TooLarge();
                to.Write(buffer, 0, read);
            }
            return copied;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// How many entries the list of the archive has, by their signatures. The number that it states may be false.
    /// </summary>
    private static int CountEntries(Stream body)
    {
        const int Overlap = 3;
        var (at, count, kept) = (body.Position, 0, 0);
        var buffer = new byte[64 * 1024];
        while (body.Read(buffer, kept, buffer.Length - kept) is > 0 and var read)
        {
            var part = buffer.AsSpan(0, kept + read);
            count += part.Count("PK\u0001\u0002"u8);
            kept = Math.Min(Overlap, part.Length);
            part[^kept..].CopyTo(buffer);
        }
        body.Position = at;
        return count;
    }

    private static RefusedException TooLarge() => new(
        413, "body", $"The archive has more than {MostEntries} entries, or conversations of more than {MostBytes} bytes.",
        "import_archive_too_large", MostBytes / 1024 / 1024);

    /// <summary><c>conversations.json</c>, also in several files, and what the download of an account has.</summary>
    [GeneratedRegex(@"(?:^|/)conversations(?:[-_.]\d+)?\.json\z|(?:^|/)conversations/[^/]+\.json\z", RegexOptions.IgnoreCase)]
    private static partial Regex HasConversations();

    [GeneratedRegex(@"^file[-_][A-Za-z0-9]+")]
    private static partial Regex FileId();
}
