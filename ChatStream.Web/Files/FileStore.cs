using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Files;

/// <summary>
/// Stores files of users, each content once for each user. A content is stored in parts, each a write of its own, and the user
/// has the file with the last one.
/// </summary>
internal sealed class FileStore(IChatDatabase database, IOptions<FilesOptions> options, TimeProvider time)
{
    /// <summary>Bytes of a part: a write and a read of a few milliseconds.</summary>
    public const int PartBytes = 256 * 1024;

    private const string Sent = """(SELECT COUNT(*) FROM "MessageFiles" AS m WHERE m."FileId" = "Files"."Id")""";

    // The same file may have been sent more often than it was uploaded. This upload is for one more message.
    private const string Known = $"""
        UPDATE "Files" SET "UsedAt" = @now, "Name" = @name,
            "Uploads" = 1 + CASE WHEN "Uploads" > {Sent} THEN "Uploads" ELSE {Sent} END
        WHERE "OwnerId" = @owner AND "Hash" = @hash RETURNING "Id"
        """;

    private const string Stored = """
        SELECT CAST(coalesce(sum("Bytes" + "TextBytes"), 0) AS bigint) FROM "Files" WHERE "OwnerId" = @owner
        """;

    private const string Give = """
        UPDATE "Files" SET "OwnerId" = @owner, "Hash" = @hash, "UsedAt" = @now WHERE "Id" = @id AND "OwnerId" = @importing
        """;

    private const string TakeAway = """
        UPDATE "Files" SET "OwnerId" = @removed, "Hash" = "Id" WHERE "Id" = @id AND "OwnerId" = @importing
        """;

    private const string Part = """
        SELECT p."Data" FROM "FileParts" AS p JOIN "Files" AS f ON f."Id" = p."FileId"
        WHERE p."FileId" = @id AND p."IsText" = @isText AND p."Number" = @number AND f."OwnerId" = @owner
        """;

    /// <summary>Stores a file, or finds the one with the same content.</summary>
    /// <param name="owner">The user.</param>
    /// <param name="name">Cleaned.</param>
    /// <param name="file">What was read.</param>
    /// <param name="count">Counts the tokens of a text.</param>
    /// <exception cref="RefusedException">413: the user's files take too much.</exception>
    public async Task<StoredFile> StoreAsync(Owner owner, string name, ReadFile file, Func<string, Task<int>> count)
    {
        var hash = Base64Url.EncodeToString(SHA256.HashData(file.Content));
        if (await FindKnownAsync(owner, name, hash) is { } known)
            return known;
        var (id, now) = (Ids.New(), time.GetUtcNow());
        var text = file.Kind == FileKind.Document ? Encoding.UTF8.GetBytes(file.Text!) : [];
        RefuseWhenFull(await StoredBytesAsync(owner, CancellationToken.None), file.Content.Length + text.Length);
        var row = new StoredFile
        {
            Id = id,
            OwnerId = Owner.Importing.Id,
            Hash = id,
            Name = name,
            Kind = file.Kind,
            MediaType = file.MediaType,
            Bytes = file.Content.Length,
            TextBytes = text.Length,
            Width = file.Width,
            Height = file.Height,
            Tokens = file.Text is null ? 0 : await count(GivenText.Of(id, name, file.Text)),
            CreatedAt = now,
            UsedAt = now,
        };
        await database.WriteAsync(Owner.Importing, async db =>
        {
            await db.InsertAsync(row);
            return true;
        });
        StoredFile? given = null;
        try
        {
            await StorePartsAsync(id, isText: false, file.Content);
            await StorePartsAsync(id, isText: true, text);
            return given = await GiveAsync(owner, name, hash, row);
        }
        finally
        {
            if (given != row)
                await TakeAwayAsync(id);
        }
    }

    /// <summary>A file of the user; null: there is none with this id.</summary>
    public async Task<StoredFile?> FindAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await db.Files.FirstOrDefaultAsync(file => file.Id == id, cancellationToken);
    }

    /// <summary>Those of the ids that are files of the user.</summary>
    public async Task<List<StoredFile>> FindAsync(Owner owner, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await db.Files.Where(file => ids.Contains(file.Id)).ToListAsync(cancellationToken);
    }

    /// <summary>The files of messages, with the names that they had there, in the order of each message.</summary>
    public async Task<List<SentFile>> OfMessagesAsync(
        Owner owner, IReadOnlyCollection<string> messageIds, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await db.MessageFiles.Where(sent => messageIds.Contains(sent.MessageId))
            .OrderBy(sent => sent.MessageId).ThenBy(sent => sent.Number)
            .Join(db.Files, sent => sent.FileId, file => file.Id,
                (sent, file) => new SentFile(sent.MessageId, sent.Number, sent.Name, file))
            .ToListAsync(cancellationToken);
    }

    /// <summary>One part of a file's content; null: there is no further one, or the user has no such file.</summary>
    public async Task<byte[]?> PartAsync(Owner owner, string id, bool isText, int number, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(cancellationToken);
        return await db.Command(Part).With("@id", id).With("@isText", isText).With("@number", number)
            .ExecuteScalarAsync(cancellationToken) as byte[];
    }

    /// <summary>The whole content of a file.</summary>
    public Task<byte[]> ContentAsync(Owner owner, StoredFile file, CancellationToken cancellationToken) =>
        WholeAsync(owner, file.Id, isText: false, file.Bytes, cancellationToken);

    /// <summary>The text that a model gets of a file; null: it is an image.</summary>
    public async Task<string?> TextAsync(Owner owner, StoredFile file, CancellationToken cancellationToken) => file.Kind switch
    {
        FileKind.Image => null,
        FileKind.Text => Encoding.UTF8.GetString(await ContentAsync(owner, file, cancellationToken)),
        _ => Encoding.UTF8.GetString(await WholeAsync(owner, file.Id, isText: true, file.TextBytes, cancellationToken)),
    };

    /// <summary>Bytes of all files of a user.</summary>
    public async Task<long> StoredBytesAsync(Owner owner, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(cancellationToken);
        return (long)(await db.Command(Stored).ExecuteScalarAsync(cancellationToken))!;
    }

    private void RefuseWhenFull(long stored, long more)
    {
        if (stored + more > options.Value.StoredBytesPerUser)
            throw FileRefusals.Full(stored + more, options.Value.StoredBytesPerUser);
    }

    private Task<StoredFile?> FindKnownAsync(Owner owner, string name, string hash) =>
        database.WriteAsync(owner, db => FindKnownAsync(db, name, hash));

    private async Task<StoredFile?> FindKnownAsync(ChatDbContext db, string name, string hash) =>
        await db.Command(Known).With("@hash", hash).With("@name", name).With("@now", time.GetUtcNow())
            .ExecuteScalarAsync() is string id
            ? await db.Files.AsNoTracking().FirstAsync(file => file.Id == id)
            : null;

    private async Task StorePartsAsync(string id, bool isText, byte[] content)
    {
        for (var at = 0; at < content.Length; at += PartBytes)
        {
            var part = new FilePart
            {
                FileId = id,
                IsText = isText,
                Number = at / PartBytes,
                Data = content[at..Math.Min(at + PartBytes, content.Length)],
            };
            await database.WriteAsync(Owner.Importing, async db =>
            {
                await db.InsertAsync(part);
                return true;
            });
        }
    }

    // It was refused, or another upload of the same content was first. That is what the user is told, whatever becomes of this.
    private async Task TakeAwayAsync(string id)
    {
        try
        {
            await database.WriteAsync(Owner.Importing, db => db.Command(TakeAway).With("@id", id)
                .With("@importing", Owner.Importing.Id).With("@removed", Owner.Removed.Id).ExecuteNonQueryAsync());
        }
        catch (StorageException)
        {
            // It is taken away as one that was broken off.
        }
    }

    private Task<StoredFile> GiveAsync(Owner owner, string name, string hash, StoredFile row) => database.WriteAsync(
        owner, async db =>
    {
        await db.LockOwnerAsync(owner);
        // The same file may have come twice at once.
        if (await FindKnownAsync(db, name, hash) is { } known)
            return known;
        RefuseWhenFull((long)(await db.Command(Stored).ExecuteScalarAsync())!, row.Bytes + row.TextBytes);
        return await db.Command(Give).With("@id", row.Id).With("@hash", hash).With("@importing", Owner.Importing.Id)
            .With("@now", time.GetUtcNow()).ExecuteNonQueryAsync() > 0 ? row
            // One that took very long is taken away as one that was broken off.
            : throw new StorageException(new TimeoutException("The file was removed before it was given to its owner."));
    });

    private async Task<byte[]> WholeAsync(
        Owner owner, string id, bool isText, long length, CancellationToken cancellationToken)
    {
        var whole = new MemoryStream((int)length);
        for (var number = 0; whole.Length < length; number++)
        {
            whole.Write(await PartAsync(owner, id, isText, number, cancellationToken)
                ?? throw FileRefusals.Unknown("files"));
        }
        return whole.GetBuffer();
    }
}

/// <summary>A file of a message.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="Number">Its place there.</param>
/// <param name="Name">What it was called when it was sent.</param>
/// <param name="File">What is stored.</param>
internal sealed record SentFile(string MessageId, int Number, string Name, StoredFile File);
