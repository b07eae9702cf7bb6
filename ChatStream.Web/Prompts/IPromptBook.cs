using ChatStream.Web.Contract;

namespace ChatStream.Web.Prompts;

/// <summary>Prompts of users, and of their team, for controllers.</summary>
public interface IPromptBook
{
    /// <summary>The prompts of the team in a language: those of the first screen, then the others.</summary>
    IReadOnlyList<PromptEntry> TeamIn(string language);

    /// <summary>How many a user may have. 0: none.</summary>
    int MostPerUser { get; }

    /// <summary>The user's own, by title.</summary>
    Task<IReadOnlyList<PromptEntry>> ListAsync(Owner owner, CancellationToken cancellationToken);

    /// <summary>Null: the user has no such prompt.</summary>
    Task<PromptEntry?> FindAsync(Owner owner, string id, CancellationToken cancellationToken);

    /// <exception cref="RefusedException">400: title or text; 409: there are too many.</exception>
    Task<PromptEntry> AddAsync(Owner owner, PromptText prompt);

    /// <returns>Null: the user has no such prompt.</returns>
    /// <exception cref="RefusedException">400: title or text.</exception>
    Task<PromptEntry?> ChangeAsync(Owner owner, string id, PromptChange change);

    /// <returns>False: the user has no such prompt.</returns>
    Task<bool> RemoveAsync(Owner owner, string id);
}
