namespace ChatStream.Web.Controllers;

internal static class RequestLimits
{
    /// <summary>Bytes of a body: about 250,000 tokens of English, and small enough to hold in memory.</summary>
    public const int Body = 1024 * 1024;

    /// <summary>Bytes of an imported conversation: the most messages that one may have, 10,000, with 3 KB each.</summary>
    public const int Import = 32 * 1024 * 1024;

    /// <summary>Bytes of a form with a few short fields, such as the page's preferences.</summary>
    public const int Fields = 4 * 1024;

    /// <summary>Bytes of the request line of a GET. Many proxies refuse a longer one (nginx: 8 KB).</summary>
    public const int RequestLine = 8 * 1024;

    /// <summary>Characters of an <c>Idempotency-Key</c>: five times as many as a UUID has.</summary>
    public const int IdempotencyKey = 200;
}
