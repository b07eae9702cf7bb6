using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>
/// What an administrator sees: what runs, who used how much, and how this ChatStream is set. It has no text of users.
/// </summary>
public sealed record AdminReport
{
    /// <summary>The answers that run, of all users and on all instances, oldest first; at most 500.</summary>
    public required IReadOnlyList<RunningReport> Running { get; init; }

    /// <summary>The days, today included, of which <see cref="Users"/> tells.</summary>
    public required int Days { get; init; }

    /// <summary>What users used in these days, the one with the most tokens first; at most 500.</summary>
    public required IReadOnlyList<UserReport> Users { get; init; }

    /// <summary>The processes that share the database. With SQLite there is one.</summary>
    public required IReadOnlyList<InstanceReport> Instances { get; init; }

    public required IReadOnlyList<DeploymentReport> Deployments { get; init; }

    /// <summary>The app's own settings that have a value. Secrets are not shown.</summary>
    public required IReadOnlyList<SettingReport> Settings { get; init; }
}

/// <summary>An answer that runs.</summary>
/// <param name="GenerationId">By which it is stopped.</param>
/// <param name="User">The user's name; without one, eight characters that are always the same for the same user.</param>
/// <param name="Model">The model's name in the catalogue.</param>
/// <param name="StartedAt">When it was started.</param>
public sealed record RunningReport(string GenerationId, string User, string Model, DateTimeOffset StartedAt)
{
    /// <summary>The instance that runs it; absent: not known.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Bytes of its text and reasoning so far; absent where its instance did not say.</summary>
    public int? Bytes { get; init; }
}

/// <summary>What a user used.</summary>
/// <param name="User">As <see cref="RunningReport.User"/>.</param>
/// <param name="Answers">The answers that used something.</param>
/// <param name="InputTokens">Tokens that models read.</param>
/// <param name="OutputTokens">Tokens that models wrote.</param>
/// <param name="Costs">One amount for each currency.</param>
public sealed record UserReport(
    string User, long Answers, long InputTokens, long OutputTokens, IReadOnlyList<CostPayload> Costs)
{
    /// <summary>Eight characters, by which <c>/admin/users/{id}</c> finds the user.</summary>
    public required string Id { get; init; }
}

/// <summary>A process.</summary>
/// <param name="Id">New for each run of it.</param>
/// <param name="Address">Where the others reach it; may be empty.</param>
/// <param name="Version">The version of ChatStream.</param>
/// <param name="Running">The answers that it runs.</param>
public sealed record InstanceReport(string Id, string Address, string Version, int Running)
{
    /// <summary>True for the one that reports, else absent.</summary>
    public bool? Own { get; init; }

    /// <summary>True if it did not respond to the one that reports, else absent.</summary>
    public bool? Silent { get; init; }
}

/// <summary>A deployment of a model.</summary>
/// <param name="Model">The model's name in the catalogue.</param>
/// <param name="Deployment">Its name in the settings.</param>
/// <param name="Cooling">The instances that leave it out at the moment; empty: all of them ask it.</param>
public sealed record DeploymentReport(string Model, string Deployment, IReadOnlyList<CoolingReport> Cooling);

/// <summary>A deployment that failed, and is not asked for a while.</summary>
/// <param name="InstanceId">The instance that leaves it out.</param>
/// <param name="Code">Why.</param>
/// <param name="Seconds">Whole seconds until it is asked again.</param>
public sealed record CoolingReport(string InstanceId, FailureCode Code, int Seconds);

/// <summary>A setting in force.</summary>
/// <param name="Key">Such as <c>Limits:Running</c>.</param>
/// <param name="Value">Three dots for a secret.</param>
public sealed record SettingReport(string Key, string Value);

/// <summary>What only an instance itself knows. Instances tell it one another.</summary>
/// <param name="Running">The answers that it runs.</param>
/// <param name="Cooling">The deployments that it leaves out.</param>
public sealed record InstanceState(IReadOnlyList<RunningSize> Running, IReadOnlyList<CoolingDeployment> Cooling);

/// <summary>How long an answer is that runs: bytes of text and reasoning.</summary>
public sealed record RunningSize(string GenerationId, int Bytes);

/// <summary>A deployment that an instance leaves out.</summary>
/// <param name="Model">The model's name in the catalogue.</param>
/// <param name="Number">Its place among the model's deployments, from 0.</param>
/// <param name="Code">Why.</param>
/// <param name="Seconds">Whole seconds until it is asked again.</param>
public sealed record CoolingDeployment(string Model, int Number, FailureCode Code, int Seconds);

/// <summary>What the audit log has.</summary>
public enum AuditAction
{
    [JsonStringEnumMemberName("signed_in")] SignedIn,
    [JsonStringEnumMemberName("sign_in_refused")] SignInRefused,
    [JsonStringEnumMemberName("signed_out")] SignedOut,
    [JsonStringEnumMemberName("conversation_deleted")] ConversationDeleted,
    [JsonStringEnumMemberName("conversation_restored")] ConversationRestored,
    [JsonStringEnumMemberName("conversation_exported")] ConversationExported,
    [JsonStringEnumMemberName("account_exported")] AccountExported,
    [JsonStringEnumMemberName("account_erased")] AccountErased,
    [JsonStringEnumMemberName("browser_moved")] BrowserMoved,
    [JsonStringEnumMemberName("browser_erased")] BrowserErased,
    [JsonStringEnumMemberName("answer_stopped_by_admin")] AnswerStoppedByAdmin,
    [JsonStringEnumMemberName("account_exported_by_admin")] AccountExportedByAdmin,
    [JsonStringEnumMemberName("account_erased_by_admin")] AccountErasedByAdmin,
    [JsonStringEnumMemberName("conversation_shared")] ConversationShared,
    [JsonStringEnumMemberName("share_revoked")] ShareRevoked,
    [JsonStringEnumMemberName("feedback_exported")] FeedbackExported,
    [JsonStringEnumMemberName("folder_deleted")] FolderDeleted,
    [JsonStringEnumMemberName("prompt_deleted")] PromptDeleted,
    [JsonStringEnumMemberName("summary_deleted")] SummaryDeleted,
    [JsonStringEnumMemberName("conversations_expired")] ConversationsExpired,
    [JsonStringEnumMemberName("entries_left_out")] EntriesLeftOut,
}

/// <summary>A page of the audit log, newest first.</summary>
/// <param name="Entries">At most 100.</param>
/// <param name="Next">The value of <c>before</c> for the next page; absent on the last one.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, long? Next);

/// <summary>What somebody did.</summary>
/// <param name="At">When.</param>
/// <param name="User">As <see cref="RunningReport.User"/>.</param>
/// <param name="Action">What.</param>
/// <param name="Subject">
/// The id of what it was done to; of what expired, how many; of entries that were left out, how many and of which action;
/// absent: there is none.
/// </param>
/// <param name="Address">Where the request came from; absent: it is not kept.</param>
public sealed record AuditEntry(DateTimeOffset At, string User, AuditAction Action, string? Subject, string? Address)
{
    /// <summary>As <see cref="UserReport.Id"/>; absent: the user has erased everything, or reads it in a download.</summary>
    public string? Id { get; init; }
}
