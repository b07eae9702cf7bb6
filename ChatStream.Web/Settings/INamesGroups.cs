namespace ChatStream.Web.Settings;

/// <summary>Settings that name groups of users. Of a user's groups, only those are kept.</summary>
internal interface INamesGroups
{
    IEnumerable<string> Groups { get; }
}
