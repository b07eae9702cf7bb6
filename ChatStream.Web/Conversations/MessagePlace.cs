namespace ChatStream.Web.Conversations;

/// <summary>Where a message stands in the tree of its conversation.</summary>
/// <param name="Id">The message's.</param>
/// <param name="ParentId">Null at the root.</param>
/// <param name="CreatedAt">Orders messages of one parent, and then their ids do.</param>
public sealed record MessagePlace(string Id, string? ParentId, DateTimeOffset CreatedAt);
