namespace ChatStream.Web.Contract;

/// <summary>To whom conversations belong: a browser (its identity cookie) or a program (its API key). Never shown to anyone else.</summary>
public readonly record struct Owner(string Id)
{
    private const string BrowserPrefix = "browser:";
    private const string ProgramPrefix = "key:";

    /// <summary>A person with a page, not a program with a key.</summary>
    public bool IsBrowser => Id.StartsWith(BrowserPrefix, StringComparison.Ordinal);

    public static Owner NewBrowser() => new(BrowserPrefix + Ids.New());

    public static Owner Program(string keyName) => new(ProgramPrefix + keyName);
}
