using ChatStream.Web.Contract;

namespace ChatStream.Web.Storage;

/// <summary>This process. A running answer names the process that owns it, and only that one writes about it.</summary>
internal sealed class Instance
{
    private volatile string _id = Ids.New();

    /// <summary>
    /// New for each run of the process, and each time that the others may have taken it for dead. What it owned under the old id
    /// is no longer its own, and no write that is still on its way may say otherwise.
    /// </summary>
    public string Id => _id;

    /// <summary>Begins anew, as another instance.</summary>
    public void BeginAnew() => _id = Ids.New();
}
