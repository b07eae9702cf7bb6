using ChatStream.Web.Contract;

namespace ChatStream.Web.Storage;

/// <summary>This process. A running answer names the process that owns it, and only that one writes about it.</summary>
internal sealed class Instance
{
    /// <summary>New for each run of the process.</summary>
    public string Id { get; } = Ids.New();
}
