using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Prompts;

internal sealed class PromptBook(
    IChatDatabase database, Welcome welcome, IOptions<PromptLibraryOptions> options, TimeProvider time) : IPromptBook
{
    private readonly TeamPrompt[] _team =
        [.. welcome.Prompts, .. options.Value.Prompts.Select(prompt => new TeamPrompt(prompt))];

    /// <inheritdoc/>
    public IReadOnlyList<PromptEntry> TeamIn(string language) => [.. _team.Select(prompt => prompt.In(language))];

    /// <inheritdoc/>
    public int MostPerUser => options.Value.MostPerUser;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PromptEntry>> ListAsync(Owner owner, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        var own = await db.Prompts.ToListAsync(cancellationToken);
        return [.. own.Select(ToEntry).OrderBy(prompt => prompt.Title, StringComparer.CurrentCultureIgnoreCase)];
    }

    /// <inheritdoc/>
    public async Task<PromptEntry?> FindAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await db.Prompts.FirstOrDefaultAsync(prompt => prompt.Id == id, cancellationToken) is { } found
            ? ToEntry(found) : null;
    }

    /// <inheritdoc/>
    public async Task<PromptEntry> AddAsync(Owner owner, PromptText prompt)
    {
        Check(prompt.Title, prompt.Text);
        var now = Now;
        var stored = new StoredPrompt
        {
            Id = Ids.New(),
            OwnerId = owner.Id,
            Title = prompt.Title.Trim(),
            Text = prompt.Text,
            CreatedAt = now,
            UpdatedAt = now,
        };
        return await database.WriteAsync(owner, async db =>
        {
            await db.LockOwnerAsync(owner);
            if (await db.Prompts.CountAsync() >= MostPerUser)
            {
                throw new RefusedException(
                    409, field: null, $"A user has at most {MostPerUser} prompts.", "too_many_prompts", MostPerUser);
            }
            db.Prompts.Add(stored);
            await db.SaveChangesAsync();
            return ToEntry(stored);
        });
    }

    /// <inheritdoc/>
    public async Task<PromptEntry?> ChangeAsync(Owner owner, string id, PromptChange change)
    {
        Check(change.Title, change.Text);
        var now = Now;
        return await database.WriteAsync(owner, async db =>
        {
            if (await db.Prompts.FirstOrDefaultAsync(prompt => prompt.Id == id) is not { } stored)
                return null;
            stored.Title = change.Title?.Trim() ?? stored.Title;
            stored.Text = change.Text ?? stored.Text;
            stored.UpdatedAt = now;
            await db.SaveChangesAsync();
            return ToEntry(stored);
        });
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveAsync(Owner owner, string id) => await database.WriteAsync(
        owner, db => db.Prompts.Where(prompt => prompt.Id == id).ExecuteDeleteAsync(CancellationToken.None)) > 0;

    /// <summary>Why a text is no title of a prompt; null: it is one.</summary>
    public static string? FaultOfTitle(string title) =>
        VisibleText.IsIn(title) && title.Trim().Length <= PromptEntry.LongestTitle && !title.Any(char.IsControl)
            ? null : $"A title must have 1 to {PromptEntry.LongestTitle} characters, in one line.";

    /// <summary>Why a text is none of a prompt; null: it is one.</summary>
    public static string? FaultOfText(string text) =>
        VisibleText.IsIn(text) && text.Length <= PromptEntry.LongestText && !text.Contains('\0', StringComparison.Ordinal)
            ? null : $"The text must have 1 to {PromptEntry.LongestText} characters, without NUL.";

    /// <summary>As exact as the database stores it.</summary>
    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static void Check(string? title, string? text)
    {
        if (title is not null && FaultOfTitle(title) is { } faultOfTitle)
            throw new RefusedException(400, "title", faultOfTitle, "prompt_title_not_valid");
        if (text is not null && FaultOfText(text) is { } faultOfText)
            throw new RefusedException(400, "text", faultOfText, "prompt_text_not_valid");
    }

    private static PromptEntry ToEntry(StoredPrompt prompt) => new()
    {
        Id = prompt.Id,
        Title = prompt.Title,
        Text = prompt.Text,
        CreatedAt = prompt.CreatedAt,
        UpdatedAt = prompt.UpdatedAt,
    };
}
