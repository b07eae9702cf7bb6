using ChatStream.Web.Contract;

namespace ChatStream.Web.Privacy;

/// <summary>All that is stored of a user or a program, for controllers.</summary>
public interface IOwnData
{
    /// <summary>How long a conversation is kept after its last message; null: until it is deleted.</summary>
    TimeSpan? RetainFor { get; }

    /// <summary>How long a temporary conversation is kept after its last answer.</summary>
    TimeSpan TemporaryFor { get; }

    /// <summary>How many conversations are stored, temporary ones left out.</summary>
    Task<int> CountAsync(Owner owner, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a ZIP archive, one conversation after the other: <c>conversations/{id}.json</c>, each a
    /// <see cref="ConversationTree"/> that can be imported, <c>files/{id}/{name}</c>,
    /// <c>shares.json</c> with a <see cref="ShareEntry"/> for each share, if there is one,
    /// <c>folders.json</c>, a <see cref="FolderList"/>, <c>prompts.json</c>, a <see cref="PromptList"/> of the owner's own, and
    /// <c>preferences.json</c>, if any are stored, <c>account.json</c> with the name, the groups and the permissions for tool
    /// servers, if there is one of these, <c>audit.json</c>, a list of <see cref="AuditEntry"/>, and <c>usage.json</c>, a
    /// <see cref="UsageReport"/> of all days that are kept. Temporary conversations are not in it.
    /// </summary>
    /// <param name="owner">The user or program whose data it is.</param>
    /// <param name="archive">Is written without seeking, and stays open.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
    Task ExportAsync(Owner owner, Stream archive, CancellationToken cancellationToken);

    /// <summary>
    /// Removes all of the owner: conversations, temporary and deleted ones too, with what runs in them, folders, files, prompts,
    /// preferences, the keys of starts, the sums of use, and the name. Where there are budgets, the sums of this month stay. The
    /// entries of the audit log stay for their time, without the user and the address; what an administrator did has both. A
    /// request in a new conversation may come meanwhile, so it looks again until there is none. If it fails in between, what is
    /// left can be erased again.
    /// </summary>
    /// <returns>How many conversations were deleted.</returns>
    Task<int> EraseAsync(Owner owner);
}
