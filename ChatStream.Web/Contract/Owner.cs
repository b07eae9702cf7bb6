namespace ChatStream.Web.Contract;

/// <summary>
/// The owner of conversations: a browser, known by its identity cookie, or a program, known by its API key.
/// The id is never shown to others.
/// </summary>
public readonly record struct Owner(string Id)
{
    private const string BrowserPrefix = "browser:";
    private const string ProgramPrefix = "key:";

    /// <summary>Has the conversations that were taken away from their owners, until their rows are removed.</summary>
    public static Owner Removed { get; } = new("removed:");

    /// <summary>Has the conversations that are being imported, until they are whole.</summary>
    public static Owner Importing { get; } = new("importing:");

    /// <summary>True for a user with a page, false for a program with a key.</summary>
    public bool IsBrowser => Id.StartsWith(BrowserPrefix, StringComparison.Ordinal);

    public static Owner NewBrowser() => new(BrowserPrefix + Ids.New());

    public static Owner Program(string keyName) => new(ProgramPrefix + keyName);
}
