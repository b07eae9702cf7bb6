using ChatStream.Web.Contract;

namespace ChatStream.Web.Views.Page;

/// <summary>A call of a tool on the page.</summary>
/// <param name="Call">The call as it stands.</param>
/// <param name="AnswerId">The answer that it is part of; null in the markup that the page's script fills in.</param>
public sealed record ToolView(ToolPayload Call, string? AnswerId = null);
