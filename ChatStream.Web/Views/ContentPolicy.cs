namespace ChatStream.Web.Views;

/// <summary>The Content-Security-Policy: script, style, images and fonts come from this site only.</summary>
public static class ContentPolicy
{
    private const string Sources =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; ";

    public const string Strict = Sources + "trusted-types 'none'";

    /// <summary>The chat page also has a worker. One policy of Trusted Types names its script.</summary>
    public const string OfChat = Sources + "trusted-types highlighter";
}
