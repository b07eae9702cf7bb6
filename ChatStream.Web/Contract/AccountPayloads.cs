namespace ChatStream.Web.Contract;

/// <summary>What is stored of a user beside the conversations: <c>account.json</c> of the archive of everything.</summary>
/// <param name="Name">As the provider, the proxy or the settings name the user; absent: nothing is stored.</param>
/// <param name="Groups">Those of the user's groups that the settings name, in capital letters.</param>
/// <param name="Permissions">The permissions that the user has given tool servers, without their tokens.</param>
internal sealed record AccountEntry(string? Name, IReadOnlyList<string> Groups, IReadOnlyList<PermissionEntry> Permissions);

/// <summary>A permission that a user has given a tool server.</summary>
/// <param name="Server">Its name in the settings.</param>
/// <param name="GivenAt">When.</param>
internal sealed record PermissionEntry(string Server, DateTimeOffset GivenAt);
