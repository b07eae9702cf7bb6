using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>Keeps the folders of users.</summary>
internal sealed class FolderStore(IChatDatabase database, IMannerCheck manners, TimeProvider time) : IFolders
{
    /// <summary>Conversations of one write, for which other writers wait.</summary>
    private const int Slice = 200;

    // Deleted conversations of the owner leave it too: they may be restored.
    private const string TakeOut = """
        UPDATE "Conversations" SET "FolderId" = NULL WHERE "Id" IN (SELECT "Id" FROM "Conversations"
            WHERE "OwnerId" IN (@owner, @deleted) AND "FolderId" = @folder LIMIT @most)
        """;

    private static readonly string NameRule = $"A name must have 1 to {FolderEntry.LongestName} characters, without NUL.";

    /// <inheritdoc/>
    public async Task<FolderList> ListAsync(Owner owner, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        var folders = await db.Folders.AsNoTracking().ToListAsync(cancellationToken);
        var counts = await db.Conversations.Where(c => c.FolderId != null && !c.IsTemporary && !c.IsPinned)
            .GroupBy(c => c.FolderId!).Select(group => new { Id = group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Id, group => group.Count, StringComparer.Ordinal, cancellationToken);
        return new FolderList(
        [
            .. folders.OrderBy(folder => folder.Name, StringComparer.OrdinalIgnoreCase).ThenBy(folder => folder.CreatedAt)
                .Select(folder => ToEntry(folder) with { Conversations = counts.GetValueOrDefault(folder.Id) }),
            Archive with { Conversations = counts.GetValueOrDefault(FolderEntry.Archive) },
        ]);
    }

    /// <inheritdoc/>
    public async Task<FolderEntry> CreateAsync(Owner owner, FolderRequest request, CancellationToken cancellationToken)
    {
        var (name, colour, instructions) = (NameIn(request.Name), ColourIn(request.Colour), TextIn(request.Instructions));
        var folder = new Folder
        {
            Id = Ids.New(),
            OwnerId = owner.Id,
            Name = name,
            Colour = colour,
            Instructions = instructions,
            InstructionTokens = await CountAsync(instructions, cancellationToken),
            CreatedAt = time.GetUtcNow(),
        };
        await AddAsync(owner, folder);
        return ToEntry(folder) with { Conversations = 0 };
    }

    /// <inheritdoc/>
    public async Task<FolderEntry?> ChangeAsync(Owner owner, string id, FolderChange change, CancellationToken cancellationToken)
    {
        RefuseArchive(id);
        var name = change.Name is null ? null : NameIn(change.Name);
        var colour = ColourIn(change.Colour?.Text);
        var instructions = TextIn(change.Instructions?.Text);
        var tokens = await CountAsync(instructions, cancellationToken);
        return await database.WriteAsync(owner, async db =>
        {
            if (await db.Folders.FirstOrDefaultAsync(f => f.Id == id) is not { } folder)
                return null;
            folder.Name = name ?? folder.Name;
            if (change.Colour is not null)
                folder.Colour = colour;
            if (change.Instructions is not null)
                (folder.Instructions, folder.InstructionTokens) = (instructions, tokens);
            await db.SaveChangesAsync();
            return ToEntry(folder);
        });
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveAsync(Owner owner, string id)
    {
        RefuseArchive(id);
        while (true)
        {
            var (exists, isLast) = await database.WriteAsync(owner, db => RemoveSliceAsync(db, owner, id));
            if (!exists || isLast)
                return exists;
        }
    }

    /// <summary>The folder of a conversation; null: it stands in none.</summary>
    public static async Task<FolderEntry?> FindAsync(ChatDbContext db, string? id, CancellationToken cancellationToken) =>
        id is null ? null
        : id == FolderEntry.Archive ? Archive
        : await db.Folders.AsNoTracking().FirstOrDefaultAsync(f => f.Id == id, cancellationToken) is { } folder
            ? ToEntry(folder) : null;

    /// <summary>What the models of a conversation in this folder get; null: nothing.</summary>
    public static async Task<FolderInstructions?> InstructionsAsync(
        ChatDbContext db, string? id, CancellationToken cancellationToken) =>
        id is null or FolderEntry.Archive ? null
        : await db.Folders.Where(f => f.Id == id && f.Instructions != null)
            .Select(f => new FolderInstructions(f.Instructions!, f.InstructionTokens)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Locks the folder until the end of the transaction: nothing is put into one that is being removed.</summary>
    /// <exception cref="RefusedException">404: the owner has no such folder.</exception>
    public static async Task LockAsync(ChatDbContext db, string id)
    {
        if (!Ids.IsId(id) || await db.Folders.Where(f => f.Id == id)
            .ExecuteUpdateAsync(f => f.SetProperty(x => x.Name, x => x.Name)) == 0)
            throw Unknown("folderId");
    }

    public static RefusedException Unknown(string field) =>
        new(404, field, "There is no such folder.", "unknown_folder");

    /// <summary>
    /// The id of the owner's folder for an import: the one with its name, or a new one. Null: it is none, or there are too many.
    /// </summary>
    public async Task<string?> ForImportAsync(Owner owner, FolderNode? folder, CancellationToken cancellationToken)
    {
        if (folder is null || folder.Id == FolderEntry.Archive)
            return folder?.Id;
        var (name, colour, instructions) = (NameIn(folder.Name), ColourIn(folder.Colour), TextIn(folder.Instructions));
        await using (var db = database.ReadAs(owner))
        {
            if (await db.Folders.Where(f => f.Name == name).OrderBy(f => f.CreatedAt).Select(f => f.Id)
                .FirstOrDefaultAsync(cancellationToken) is { } known)
                return known;
        }
        try
        {
            var request = new FolderRequest { Name = name, Colour = colour, Instructions = instructions };
            return (await CreateAsync(owner, request, cancellationToken)).Id;
        }
        catch (RefusedException refused) when (refused.Refusal.Code == "too_many_folders")
        {
            return null;
        }
    }

    /// <summary>Checks the folder of an import as far as it costs nothing.</summary>
    /// <exception cref="RefusedException">400, naming the member.</exception>
    public static void Check(FolderNode? folder)
    {
        if (folder is null || folder.Id == FolderEntry.Archive)
            return;
        try
        {
            _ = (NameIn(folder.Name), ColourIn(folder.Colour), TextIn(folder.Instructions));
        }
        catch (RefusedException refused)
        {
            throw new RefusedException(refused.Refusal with { Field = $"folder.{refused.Refusal.Field}" });
        }
    }

    private static async Task<(bool Exists, bool IsLast)> RemoveSliceAsync(ChatDbContext db, Owner owner, string id)
    {
        // A move into it waits for this, and then finds it gone.
        if (await db.Folders.Where(f => f.Id == id).ExecuteUpdateAsync(f => f.SetProperty(x => x.Name, x => x.Name)) == 0)
            return (false, false);
        var taken = await db.Command(TakeOut).With("@deleted", owner.Deleted.Id).With("@folder", id).With("@most", Slice)
            .ExecuteNonQueryAsync();
        if (taken == Slice)
            return (true, false);
        await db.Folders.Where(f => f.Id == id).ExecuteDeleteAsync();
        return (true, true);
    }

    private Task<bool> AddAsync(Owner owner, Folder folder) => database.WriteAsync(owner, async db =>
    {
        await db.LockOwnerAsync(owner);
        if (await db.Folders.CountAsync() >= FolderEntry.Most)
        {
            throw new RefusedException(
                409, null, $"A user has at most {FolderEntry.Most} folders.", "too_many_folders", FolderEntry.Most);
        }
        await db.InsertAsync(folder);
        return true;
    });

    private async Task<int> CountAsync(string? instructions, CancellationToken cancellationToken) =>
        instructions is null ? 0 : await manners.CountInstructionsAsync(instructions, cancellationToken);

    private static string NameIn(string? name) =>
        name?.Trim() is { Length: > 0 and <= FolderEntry.LongestName } trimmed && VisibleText.IsIn(trimmed)
            && !trimmed.Contains('\0', StringComparison.Ordinal)
            ? trimmed : throw new RefusedException(400, "name", NameRule, "folder_name_not_valid", FolderEntry.LongestName);

    private static string? ColourIn(string? colour) => colour is null || FolderEntry.Colours.Contains(colour)
        ? colour
        : throw new RefusedException(
            400, "colour", $"A colour is one of {string.Join(", ", FolderEntry.Colours)}.", "unknown_colour");

    private static string? TextIn(string? instructions)
    {
        if (instructions is null || !VisibleText.IsIn(instructions))
            return null;
        if (instructions.Contains('\0', StringComparison.Ordinal))
        {
            throw new RefusedException(
                400, "instructions", "The instructions have a NUL character in them.", "system_prompt_has_nul");
        }
        return instructions.Length <= Manner.LongestSystemPrompt ? instructions : throw new RefusedException(
            400, "instructions",
            $"The instructions are {instructions.Length} characters long; at most {Manner.LongestSystemPrompt} fit.",
            "system_prompt_too_large", instructions.Length, Manner.LongestSystemPrompt);
    }

    private static void RefuseArchive(string id)
    {
        if (id == FolderEntry.Archive)
            throw new RefusedException(409, "id", "The archive cannot be changed.", "folder_built_in");
    }

    private static FolderEntry Archive { get; } = new() { Id = FolderEntry.Archive, Name = "Archive", BuiltIn = true };

    private static FolderEntry ToEntry(Folder folder) => new()
    {
        Id = folder.Id,
        Name = folder.Name,
        Colour = folder.Colour,
        Instructions = folder.Instructions,
    };
}
