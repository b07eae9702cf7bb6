using System.Collections.Immutable;

namespace ChatStream.Emulator.Playback;

// A null ContentType stands for an event stream, or for JSON if the request asked for no stream.
internal sealed record ResponseHead(int Status, string? ContentType, ImmutableSortedDictionary<string, string> Headers)
{
    public static readonly ResponseHead Answer = new(
        StatusCodes.Status200OK, null,
        ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase).AddRange(
        [
            new("apim-request-id", "6f3c1d52-0a4e-4c0b-9d55-2f0f6a3b7c11"),
            new("x-ms-region", "Sweden Central"),
            new("x-ratelimit-limit-requests", "100"),
            new("x-ratelimit-limit-tokens", "100000"),
            new("x-ratelimit-remaining-requests", "99"),
            new("x-ratelimit-remaining-tokens", "99000"),
        ]));

    public ResponseHead With(string name, string value) => this with { Headers = Headers.SetItem(name, value) };

    public void Apply(HttpResponse response, string contentType)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType ?? contentType;
        foreach (var (name, value) in Headers) response.Headers[name] = value;
    }
}
