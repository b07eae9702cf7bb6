namespace ChatStream.Web.Views;

/// <summary>What a page may do. The Content-Security-Policy: script, style, images and fonts come from this site only.</summary>
public static class ContentPolicy
{
    private const string Begin = "default-src 'none'; script-src 'self'; style-src 'self'; ";
    private const string End = "; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; ";

    public const string Strict = Begin + "img-src 'self'" + End + "trusted-types 'none'";

    /// <summary>
    /// The chat page also has a worker, a frame that draws diagrams, and its drawings as images. One policy of Trusted Types
    /// names the worker's script.
    /// </summary>
    public const string OfChat = Begin + "img-src 'self' blob:; frame-src 'self'" + End + "trusted-types highlighter";

    /// <summary>
    /// The frame that draws diagrams has no origin of its own. It can load its script and nothing else, and lead nowhere.
    /// </summary>
    public const string OfDiagram = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; form-action 'none'; "
        + "base-uri 'none'; frame-ancestors 'self'; sandbox allow-scripts";

    /// <summary>The Permissions-Policy: what a page with a model's output never needs. It does write to the clipboard.</summary>
    public const string Permissions =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), "
        + "midi=(), payment=(), serial=(), usb=()";
}
