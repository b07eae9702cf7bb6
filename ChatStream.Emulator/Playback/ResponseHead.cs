using System.Collections.Immutable;

namespace ChatStream.Emulator.Playback;

/// <summary>Who answers. Each has headers of its own.</summary>
internal enum Sender
{
    /// <summary>The service, which counts requests and tokens.</summary>
    Service,

    /// <summary>The gateway in front of it, which refuses keys, networks and addresses. It counts nothing.</summary>
    Gateway,

    /// <summary>A proxy in between, which knows none of the service's headers.</summary>
    Proxy,
}

// A null ContentType stands for an event stream, or for JSON if the request asked for no stream. A null Length: it is not known
// before the end.
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

    public static readonly ResponseHead OfGateway = Answer with { Headers = None, By = Sender.Gateway };

    public static readonly ResponseHead OfProxy = Answer with { Headers = None, By = Sender.Proxy };

    public Sender By { get; private init; }

    public long? Length { get; init; }

    public ResponseHead With(string name, string value) => this with { Headers = Headers.SetItem(name, value) };

    public void Apply(HttpResponse response, string contentType)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType ?? contentType;
        response.ContentLength = Length;
        if (By != Sender.Proxy) Identify(response);
        foreach (var (name, value) in Headers) response.Headers[name] = value;
    }

    // Each answer has ids of its own, and the one that the client gave.
    private void Identify(HttpResponse response)
    {
        response.Headers["apim-request-id"] = Guid.NewGuid().ToString();
        if (By == Sender.Service) response.Headers["x-request-id"] = Guid.NewGuid().ToString();
        var ofClient = response.HttpContext.Request.Headers["x-ms-client-request-id"];
        if (ofClient.Count > 0) response.Headers["x-ms-client-request-id"] = ofClient;
    }
}
