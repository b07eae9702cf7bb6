using System.Diagnostics;
using System.Text.Json;

namespace ChatStream.Emulator;

/// <summary>A request as it arrived, and how it ended.</summary>
public sealed class EmulatedRequest
{
    private readonly TaskCompletionSource<RequestEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _eventsWritten;

    internal EmulatedRequest(HttpRequest request, string body)
    {
        Path = request.Path.Value ?? "";
        Query = request.Query.ToDictionary(p => p.Key, p => p.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Headers = request.Headers.ToDictionary(p => p.Key, p => p.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Body = body;
        Json = Parse(body);
        Deployment = request.RouteValues["deployment"] as string ?? Text(Json, "model") ?? "";
        LastUserMessage = FindLastUserMessage(Json);
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, string> Query { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public string Body { get; }

    /// <summary>The body, or an undefined element if it is not a JSON object.</summary>
    public JsonElement Json { get; }

    /// <summary>The deployment in the path; on the v1 surface, the model in the body.</summary>
    public string Deployment { get; }

    public string LastUserMessage { get; }

    public bool IsStreaming => Is(Json, "stream");

    public bool IncludesUsage => Property(Json, "stream_options") is { } options && Is(options, "include_usage");

    /// <summary>Whether the chunks are padded. They are, unless the request says otherwise.</summary>
    public bool IncludesObfuscation =>
        Property(Json, "stream_options") is not { } options
        || Property(options, "include_obfuscation") is not { ValueKind: JsonValueKind.False };

    /// <summary>Completes once, when the response has been written, the script has cut it or the client has closed.</summary>
    public Task<RequestEnd> Ended => _ended.Task;

    /// <summary>The number of events that the operating system has taken so far.</summary>
    public int EventsWritten => Volatile.Read(ref _eventsWritten);

    internal void CountEvents(int events) => Interlocked.Add(ref _eventsWritten, events);

    internal void End(RequestOutcome outcome) => _ended.TrySetResult(new RequestEnd(outcome, Stopwatch.GetTimestamp()));

    internal void Fail(Exception exception) => _ended.TrySetException(exception);

    private static JsonElement Parse(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static string FindLastUserMessage(JsonElement json)
    {
        if (Property(json, "messages") is not { ValueKind: JsonValueKind.Array } messages) return "";
        var last = messages.EnumerateArray().LastOrDefault(message => Text(message, "role") == "user");
        return Property(last, "content") switch
        {
            { ValueKind: JsonValueKind.String } content => content.GetString()!,
            { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray().Select(part => Text(part, "text"))),
            _ => "",
        };
    }

    private static JsonElement? Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static bool Is(JsonElement element, string name) => Property(element, name) is { ValueKind: JsonValueKind.True };
}
