using Microsoft.Net.Http.Headers;

namespace ChatStream.Web.Controllers;

/// <summary>How much a client wants a type, by <c>Accept</c>.</summary>
internal static class AcceptWeights
{
    /// <summary>
    /// The weight of a type, from 0 to 1, by the range that names it most exactly (RFC 9110 12.5.1). 0: it is not accepted.
    /// </summary>
    public static double WeightOf(this IEnumerable<MediaTypeHeaderValue> accept, string type, string subtype) => accept
        .Where(range => range.MatchesAllTypes
            || (range.Type.Equals(type, StringComparison.OrdinalIgnoreCase)
                && (range.MatchesAllSubTypes || range.SubType.Equals(subtype, StringComparison.OrdinalIgnoreCase))))
        .OrderBy(range => range.MatchesAllTypes).ThenBy(range => range.MatchesAllSubTypes)
        .Select(range => range.Quality ?? 1)
        .FirstOrDefault();
}
