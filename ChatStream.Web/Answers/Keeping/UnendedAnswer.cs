namespace ChatStream.Web.Answers.Keeping;

/// <summary>An answer that has no end in the database.</summary>
/// <param name="Id">The answer's id, which is also its generation's.</param>
/// <param name="OwnerId">The user.</param>
/// <param name="ConversationId">The conversation.</param>
/// <param name="InstanceId">The process that runs it; null: an older version of the app did not say.</param>
/// <param name="IsDeleted">Whether the user has its conversation no longer.</param>
internal sealed record UnendedAnswer(string Id, string OwnerId, string ConversationId, string? InstanceId, bool IsDeleted);
