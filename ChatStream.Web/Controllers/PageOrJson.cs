using ChatStream.Web.Contract;

namespace ChatStream.Web.Controllers;

/// <summary>The shape of what is a page for people and JSON for programs.</summary>
internal static class PageOrJson
{
    /// <summary>Whether the client wants JSON more than a page.</summary>
    /// <exception cref="RefusedException">406: it wants neither.</exception>
    public static bool IsJson(HttpRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Headers.Accept.ToString())) // an empty one says nothing
            return false;
        var accept = request.GetTypedHeaders().Accept;
        var (page, json) = (accept.WeightOf("text", "html"), accept.WeightOf("application", "json"));
        if (page == 0 && json == 0)
            throw new RefusedException(406, "Accept", "This can be text/html or application/json.");
        return json > page;
    }

    /// <summary>Says that nothing of it is to be stored, and that there is another shape.</summary>
    public static void SetHeaders(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers.Append("Vary", "Accept");
    }
}
