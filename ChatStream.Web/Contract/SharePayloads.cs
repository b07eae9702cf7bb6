using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>Who may read what users share.</summary>
public enum ShareReaders
{
    /// <summary>Nobody: nothing is shared, and what was shared is not shown.</summary>
    [JsonStringEnumMemberName("off")] Off,

    /// <summary>The users of this ChatStream: where users sign in, readers must too.</summary>
    [JsonStringEnumMemberName("signed-in")] SignedIn,

    /// <summary>Everybody who has the address.</summary>
    [JsonStringEnumMemberName("anyone")] Anyone,
}

/// <summary>The body of <c>POST /conversations/{id}/share</c>.</summary>
public sealed record ShareRequest
{
    /// <summary>When the address ends to work; absent: after <c>Sharing:ExpireAfter</c>.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Whether readers see what the models reasoned; absent: no.</summary>
    public bool? Reasoning { get; init; }

    /// <summary>Whether readers see the files of the messages; absent: no.</summary>
    public bool? Files { get; init; }
}

/// <summary>A share that was just made. Its address is told this once.</summary>
/// <param name="Path">The path of the copy on this site. Who has it can read the copy.</param>
/// <param name="Share">What a list says of it.</param>
internal sealed record NewShare(string Path, ShareEntry Share);

/// <summary>A path of a conversation that others may read.</summary>
/// <param name="ConversationId">The conversation. It has at most one share.</param>
/// <param name="Title">Its title when it was shared.</param>
/// <param name="CreatedAt">When it was shared. Later messages are not in it.</param>
/// <param name="ExpiresAt">When its address ends to work.</param>
/// <param name="Reasoning">Whether readers see what the models reasoned.</param>
/// <param name="Files">Whether readers see the files of the messages.</param>
public sealed record ShareEntry(
    string ConversationId, string Title, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, bool Reasoning, bool Files);

/// <summary>What the sender shares, newest first: <c>GET /shares</c>.</summary>
/// <param name="Shares">Those that have not expired.</param>
/// <param name="Readers">Who may read them.</param>
/// <param name="Days">Whole days that a share is shown if nothing else is chosen; at least 1.</param>
/// <param name="MostDays">The most days that can be chosen; at least 1.</param>
public sealed record ShareList(IReadOnlyList<ShareEntry> Shares, ShareReaders Readers, int Days, int MostDays);
