using ChatStream.Web.Contract;
using ChatStream.Web.Files;
using ChatStream.Web.Providers;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Starting;

/// <summary>Checks the files of a start.</summary>
internal sealed class StartFiles(FileStore store, ModelCatalog catalog, IOptions<FilesOptions> options)
{
    private const string Field = "files";

    private const string Lock = """UPDATE "Files" SET "UsedAt" = @now WHERE "Id" = @file AND "OwnerId" = @owner""";

    private const string Insert = """
        INSERT INTO "MessageFiles" ("MessageId", "Number", "FileId", "ConversationId", "OwnerId", "Name")
        SELECT @message, @number, f."Id", @conversation, @owner, f."Name" FROM "Files" AS f
        WHERE f."Id" = @file AND f."OwnerId" = @owner
            AND NOT EXISTS (SELECT 1 FROM "MessageFiles" AS m WHERE m."MessageId" = @message AND m."FileId" = @file)
        """;

    /// <summary>Checks the ids, as far as it costs nothing.</summary>
    /// <exception cref="RefusedException">400 or 404.</exception>
    public void Check(StartRequest request)
    {
        if (request.Files is not { } ids)
            return;
        if (ids.Count > options.Value.MostPerMessage)
        {
            throw new RefusedException(400, Field, $"A message has at most {options.Value.MostPerMessage} files.",
                "too_many_files", options.Value.MostPerMessage);
        }
        if (ids.Count > 0 && request.Message is null)
            throw new RefusedException(400, Field, "Files belong to a message.");
        if (!ids.All(id => Ids.IsId(id)))
            throw FileRefusals.Unknown(Field);
        if (ids.Distinct(StringComparer.Ordinal).Count() < ids.Count)
            throw new RefusedException(400, Field, "A file is named twice.");
    }

    /// <summary>Counts the tokens of the files, as the model counts them.</summary>
    /// <returns>0 where there are none.</returns>
    /// <exception cref="RefusedException">404: the user has no such file; 422: the model sees no images.</exception>
    public async Task<long> TokensAsync(Owner owner, StartRequest request, string model, CancellationToken cancellationToken)
    {
        if (request.Files is not { Count: > 0 } ids)
            return 0;
        var files = await store.FindAsync(owner, ids, cancellationToken);
        if (files.Count < ids.Count)
            throw FileRefusals.Unknown(Field);
        var known = catalog.Find(model) ?? catalog.Default;
        if (!known.Images && files.Any(file => file.Kind == FileKind.Image))
            throw Blind(Field);
        return files.Sum(file => file is { Width: { } width, Height: { } height }
            ? known.TokensOfImage(width, height) : (long)file.Tokens);
    }

    /// <summary>Gives a message that was stored its files.</summary>
    /// <exception cref="RefusedException">404: a file was removed since it was found.</exception>
    public static async Task AddAsync(
        ChatDbContext db, string conversationId, string messageId, IReadOnlyList<string> files, DateTimeOffset now,
        int first = 0)
    {
        foreach (var (number, file) in files.Index())
        {
            // Locked, it stays.
            if (await db.Command(Lock).With("@file", file).With("@now", now).ExecuteNonQueryAsync() == 0)
                throw FileRefusals.Unknown(Field);
            await db.Command(Insert).With("@message", messageId).With("@number", first + number).With("@file", file)
                .With("@conversation", conversationId).ExecuteNonQueryAsync();
        }
    }

    /// <summary>The refusal to show images to a model that sees none.</summary>
    /// <param name="field">The member to change.</param>
    public static RefusedException Blind(string field) =>
        new(422, field, "This model does not see images.", "model_sees_no_images");

    /// <summary>The refusal of files that leave no room for the message.</summary>
    public static RefusedException TooLong(long length, int most) => new(
        400, Field, $"The message with its files is {length} tokens long; at most {most} fit.", "files_too_long", length, most);
}
