using System.Collections.Immutable;

namespace ChatStream.Emulator.Playback;

// A null ContentType stands for an event stream, or for JSON if the request asked for no stream.
internal sealed record ResponseHead(int Status, string? ContentType, ImmutableSortedDictionary<string, string> Headers)
{
    private static readonly ImmutableSortedDictionary<string, string> None =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    public static readonly ResponseHead Answer = new(
        StatusCodes.Status200OK, null, None.AddRange(
        [
            new("x-ms-region", "Sweden Central"),
            new("x-ratelimit-limit-requests", "100"),
            new("x-ratelimit-limit-tokens", "100000"),
            new("x-ratelimit-remaining-requests", "99"),
            new("x-ratelimit-remaining-tokens", "99000"),
        ]));

    /// <summary>A proxy in between answers, which knows none of the service's headers.</summary>
    public static readonly ResponseHead OfProxy = Answer with { Headers = None, IsOfProxy = true };

    public bool IsOfProxy { get; private init; }

    public ResponseHead With(string name, string value) => this with { Headers = Headers.SetItem(name, value) };

    public void Apply(HttpResponse response, string contentType)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType ?? contentType;
        if (!IsOfProxy) Identify(response);
        foreach (var (name, value) in Headers) response.Headers[name] = value;
    }

    // Each answer has ids of its own, and the one that the client gave.
    private static void Identify(HttpResponse response)
    {
        response.Headers["apim-request-id"] = Guid.NewGuid().ToString();
        response.Headers["x-request-id"] = Guid.NewGuid().ToString();
        var ofClient = response.HttpContext.Request.Headers["x-ms-client-request-id"];
        if (ofClient.Count > 0) response.Headers["x-ms-client-request-id"] = ofClient;
    }
}
