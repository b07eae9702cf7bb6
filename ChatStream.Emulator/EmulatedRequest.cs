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
        Parameters = ParametersOf(Json);
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

    /// <summary>The names in the body. A parameter that is null counts as absent.</summary>
    public IReadOnlySet<string> Parameters { get; }

    /// <summary>Whether it asks the Responses API, and not chat completions.</summary>
    public bool IsForResponses => Path.EndsWith("/responses", StringComparison.Ordinal)
        || Path.Contains("/responses/", StringComparison.Ordinal);

    /// <summary>Whether the response is to be made in the background.</summary>
    public bool IsBackground => IsForResponses && Is(Json, "background");

    /// <summary>Whether the answer is to come with its reasoning, encrypted.</summary>
    public bool IncludesEncryptedReasoning => IsForResponses
        && Property(Json, "include") is { ValueKind: JsonValueKind.Array } include
        && include.EnumerateArray().Any(name =>
            name.ValueKind == JsonValueKind.String && name.ValueEquals("reasoning.encrypted_content"));

    /// <summary>The last user message in words, each with the space before it.</summary>
    internal IEnumerable<string> EchoedWords => LastUserMessage.Split(' ').Select((word, i) => i == 0 ? word : " " + word);

    /// <summary>Whether the last message is the result of a tool.</summary>
    public bool HasToolResults => ToolResults.Count > 0;

    /// <summary>The results of tools that follow the last message of the user or model.</summary>
    public IReadOnlyList<string> ToolResults => (Property(Json, "messages") ?? Property(Json, "input"))
        is not { ValueKind: JsonValueKind.Array } all ? [] :
        [.. all.EnumerateArray().Reverse()
            .TakeWhile(item => Text(item, "role") == "tool" || Text(item, "type") == "function_call_output").Reverse()
            .Select(item => Text(item, "content") ?? Text(item, "output") ?? "")];

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
            if (document.RootElement.ValueKind != JsonValueKind.Object) return default;
            RequireWholeTexts(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException) // of half a surrogate pair
        {
            return default;
        }
    }

    private static void RequireWholeTexts(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) element.GetString();
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in element.EnumerateArray()) RequireWholeTexts(entry);
        }
        if (element.ValueKind != JsonValueKind.Object) return;
        foreach (var member in element.EnumerateObject())
        {
            _ = member.Name;
            RequireWholeTexts(member.Value);
        }
    }

    private static HashSet<string> ParametersOf(JsonElement json) => json.ValueKind != JsonValueKind.Object ? [] :
        [.. json.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null).Select(member => member.Name)];

    private static string FindLastUserMessage(JsonElement json)
    {
        if (Text(json, "input") is { } input) return input;
        if ((Property(json, "messages") ?? Property(json, "input")) is not { ValueKind: JsonValueKind.Array } messages) return "";
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
