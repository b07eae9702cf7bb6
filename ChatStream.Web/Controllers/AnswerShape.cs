using ChatStream.Web.Contract;
using Microsoft.Net.Http.Headers;

namespace ChatStream.Web.Controllers;

internal enum AnswerShape
{
    EventStream,
    Json,
}

internal static class AnswerShapes
{
    /// <summary>
    /// SSE where the client takes <c>text/event-stream</c> or anything; JSON where it takes only JSON.
    /// </summary>
    /// <exception cref="RefusedException">406.</exception>
    public static AnswerShape Of(HttpRequest request)
    {
        var accept = request.GetTypedHeaders().Accept.Where(type => type.Quality != 0).ToList();
        if (request.Headers.Accept.Count == 0 || accept.Any(type => Takes(type, "text", "event-stream")))
            return AnswerShape.EventStream;
        if (accept.Any(type => Takes(type, "application", "json")))
            return AnswerShape.Json;
        throw new RefusedException(406, "Accept", "The answer can be text/event-stream or application/json.");
    }

    private static bool Takes(MediaTypeHeaderValue range, string type, string subtype) =>
        range.MatchesAllTypes
        || (range.Type.Equals(type, StringComparison.OrdinalIgnoreCase)
            && (range.MatchesAllSubTypes || range.SubType.Equals(subtype, StringComparison.OrdinalIgnoreCase)));
}
