using System.Text;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>
/// A request as it stands in a golden file: method and target, headers, an empty line, the body. <c>{G1}</c> and the like stand
/// for ids that came in earlier responses of the same file.
/// </summary>
internal sealed record GoldenRequest(
    string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>Bytes of one line that are shown.</summary>
    private const int LongestShownLine = 400;

    /// <summary>A body is JSON unless the text has a <c>Content-Type</c>; an empty one leaves the header out.</summary>
    public static GoldenRequest Parse(string text)
    {
        var (head, body) = text.Split("\n\n", 2) is [var before, var after] ? (before, after) : (text, "");
        var lines = head.Split('\n');
        var first = lines[0].Split(' ', 2);
        var headers = lines[1..].Select(line => line.Split(':', 2)).Select(line => (line[0], line[1].Trim())).ToList();
        if (body.Length > 0 && headers.All(header => header.Item1 != "Content-Type"))
            headers.Add(("Content-Type", "application/json"));
        headers.RemoveAll(header => header is ("Content-Type", ""));
        return new(first[0], first[1], headers, Encoding.UTF8.GetBytes(body));
    }

    public static async Task<GoldenRequest> FromAsync(HttpRequestMessage request)
    {
        var headers = request.Headers.NonValidated.Concat(request.Content is { } content ? content.Headers.NonValidated : default)
            .Where(header => header.Key != "Content-Length").Select(header => (header.Key, header.Value.ToString())).ToList();
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync();
        return new(request.Method.Method, request.RequestUri!.OriginalString, headers, body);
    }

    /// <summary>The bytes to send.</summary>
    public byte[] ToBytes(GoldenIds ids, string? cookie)
    {
        var body = Encoding.Latin1.GetBytes(ids.Show(Encoding.Latin1.GetString(Body)));
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\n");
        foreach (var (name, value) in Headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        if (!Has("Host"))
            head.Append("Host: localhost\r\n");
        if (cookie is not null)
            head.Append("Cookie: ").Append(cookie).Append("\r\n");
        if (!Has("Content-Length") && !Has("Transfer-Encoding") && (body.Length > 0 || Method is "POST" or "PATCH"))
            head.Append("Content-Length: ").Append(body.Length).Append("\r\n");
        return [.. Encoding.UTF8.GetBytes(ids.Show(head.Append("\r\n").ToString())), .. body];
    }

    public override string ToString()
    {
        var text = new StringBuilder().Append(Method).Append(' ').Append(Shortened(Target)).Append('\n');
        foreach (var (name, value) in Headers)
            text.Append(name).Append(": ").Append(Shortened(value)).Append('\n');
        if (Body.Length > 0)
            text.Append('\n').Append(Shortened(Encoding.UTF8.GetString(Body))).Append('\n');
        return text.ToString();
    }

    private bool Has(string header) => Headers.Any(given => given.Name.Equals(header, StringComparison.OrdinalIgnoreCase));

    private static string Shortened(string line) =>
        line.Length <= LongestShownLine ? line : $"{line[..40]}… ({line.Length} characters)";
}
