namespace ChatStream.Web.Views.Page;

/// <summary>Which of its versions a message is. The script's <c>showVersions()</c> has the same rules.</summary>
/// <param name="Number">From 1 on.</param>
/// <param name="Count">How many there are.</param>
public sealed record Versions(int Number, int Count)
{
    public bool Hidden => Count < 2;
    public bool HasPrevious => Number > 1;
    public bool HasNext => Number < Count;

    /// <param name="id">The message's.</param>
    /// <param name="ids">The ids of all versions, oldest first.</param>
    public static Versions Of(string id, IReadOnlyList<string> ids) =>
        new(1 + ids.TakeWhile(other => other != id).Count(), ids.Count);
}
