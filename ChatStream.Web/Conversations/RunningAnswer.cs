namespace ChatStream.Web.Conversations;

/// <summary>An answer that had no end when its conversation was deleted.</summary>
/// <param name="Id">The generation's.</param>
/// <param name="InstanceId">The process that runs it; null: none is known.</param>
public readonly record struct RunningAnswer(string Id, string? InstanceId);
