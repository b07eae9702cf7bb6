using ChatStream.Web.Contract;

namespace ChatStream.Web.Controllers;

/// <summary>The refusal of a body that did not arrive whole. That is the sender's fault, or the network's.</summary>
internal static class UnreadableBody
{
    /// <summary>Refuses a body that is compressed. RFC 9110 15.5.16.</summary>
    /// <exception cref="RefusedException">415.</exception>
    public static void RequireNoCoding(HttpRequest request)
    {
        var coding = request.Headers.ContentEncoding.ToString();
        if (coding.Length == 0 || coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return;
        request.HttpContext.Response.Headers.AcceptEncoding = "identity";
        throw new RefusedException(415, "Content-Encoding", "The body must be sent without a content coding.");
    }

    /// <param name="fault">From reading the body. The web server's own faults are of this type too.</param>
    /// <param name="http">The request.</param>
    /// <param name="field">The field to name if the body is too large.</param>
    /// <returns>400, 408 or 413.</returns>
    public static RefusedException Refuse(IOException fault, HttpContext http, string field = "body")
    {
        if (fault is TooLargeBodyException { Most: var most })
            return new RefusedException(413, field, $"The body is larger than {most} bytes.", "message_too_large", most);
        var status = (fault as BadHttpRequestException)?.StatusCode;
        // What is left of the body cannot be told from the next request. Kestrel would try to read it, and log a fault.
        if (HttpProtocol.IsHttp11(http.Request.Protocol))
            http.Response.Headers.Connection = "close";
        return status == StatusCodes.Status408RequestTimeout
            ? new RefusedException(408, "body", "The body came too slowly.")
            : new RefusedException(400, "body", "The body did not arrive whole.");
    }
}
