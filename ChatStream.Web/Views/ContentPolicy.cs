namespace ChatStream.Web.Views;

/// <summary>What a page may do. The Content-Security-Policy: script, style, images and fonts come from this site only.</summary>
public static class ContentPolicy
{
    private const string Sources =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; ";

    public const string Strict = Sources + "trusted-types 'none'";

    /// <summary>The Permissions-Policy: what a page with a model's output never needs. It does write to the clipboard.</summary>
    public const string Permissions =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), "
        + "midi=(), payment=(), serial=(), usb=()";

    /// <summary>The chat page also has a worker. One policy of Trusted Types names its script.</summary>
    public const string OfChat = Sources + "trusted-types highlighter";
}
