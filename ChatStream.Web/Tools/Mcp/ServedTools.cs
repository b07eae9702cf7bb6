using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ChatStream.Web.Tools.Mcp;

/// <summary>A tool as its server named it.</summary>
/// <param name="Name">The server's own name of it.</param>
/// <param name="Description">Bounded.</param>
/// <param name="Schema">As a model is told it.</param>
internal sealed record ServedTool(string Name, string Description, JsonElement Schema)
{
    public bool ReadsOnly { get; init; }

    public bool IsIdempotent { get; init; }
}

/// <summary>
/// Reads the tools that a server names, entry by entry. The library takes a list whole or not at all, so that one bad entry would
/// take all tools away.
/// </summary>
internal static class ServedTools
{
    /// <summary>Entries of one server that are looked at.</summary>
    private const int MostEntries = 500;

    /// <summary>Pages of a list that are asked for. They may be empty, and each may name another.</summary>
    private const int MostPages = 500;

    private const int LongestDescription = 1_024;

    private static readonly JsonSerializerOptions AsItIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="client">Connected.</param>
    /// <param name="leaveOut">Is told an entry that is left out, by its name or number, and what is wrong with it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidDataException">It is no list.</exception>
    public static async Task<IReadOnlyList<ServedTool>> ReadAsync(
        McpClient client, Action<string, string> leaveOut, CancellationToken cancellationToken)
    {
        var (tools, entries, pages) = (new Dictionary<string, ServedTool>(StringComparer.Ordinal), 0, 0);
        JsonObject? parameters = null;
        do
        {
            var request = new JsonRpcRequest { Method = RequestMethods.ToolsList, Params = parameters ?? [] };
            var page = JsonSerializer.SerializeToElement(
                (await client.SendRequestAsync(request, cancellationToken)).Result, AsItIs);
            if (Member(page, "tools") is not { ValueKind: JsonValueKind.Array } list)
                throw new InvalidDataException("The server names no list of tools.");
            foreach (var entry in list.EnumerateArray().Take(MostEntries - entries))
            {
                entries++;
                var name = NameOf(entry);
                if (Read(client, entry, name, out var tool) is { } fault)
                    leaveOut(name is null ? $"number {entries}" : name, fault);
                else if (!tools.TryAdd(tool!.Name, tool))
                    leaveOut(tool.Name, "the server names it twice");
            }
            parameters = Text(page, "nextCursor") is { } next ? new JsonObject { ["cursor"] = next } : null;
        }
        while (parameters is not null && entries < MostEntries && ++pages < MostPages);
        return [.. tools.Values];
    }

    /// <returns>What is wrong with it; null: nothing.</returns>
    private static string? Read(McpClient client, JsonElement entry, string? name, out ServedTool? tool)
    {
        tool = null;
        if (name is null)
            return "it has no name";
        if (Member(entry, "inputSchema") is not { } served)
            return "it has no inputSchema";
        if (served.ValueKind != JsonValueKind.Object || Text(served, "type") != "object")
            return "its inputSchema is not one of an object";
        if (served.GetRawText().Length > ArgumentCheck.LargestSchema)
            return "its inputSchema is too large";
        if (ToolSchema.Of(served) is not { } schema)
            return "its inputSchema has a member twice";
        try
        {
            // The library takes from it which arguments are repeated as headers.
            client.AddKnownTools([new ModelContextProtocol.Protocol.Tool { Name = name, InputSchema = served }]);
        }
        catch (ArgumentException)
        {
            return "its inputSchema is not one of the protocol";
        }
        var hints = Member(entry, "annotations");
        tool = new ServedTool(name, Bounded(Text(entry, "description") ?? ""), schema)
        {
            ReadsOnly = IsTrue(hints, "readOnlyHint"),
            IsIdempotent = IsTrue(hints, "idempotentHint"),
        };
        return null;
    }

    private static string? NameOf(JsonElement entry) => Text(entry, "name") is { Length: > 0 } name ? name : null;

    // What is no truth value counts as absent, so that the user is asked.
    private static bool IsTrue(JsonElement? hints, string name) =>
        hints is { } json && Member(json, name) is { ValueKind: JsonValueKind.True };

    private static string? Text(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member : null;

    private static string Bounded(string description)
    {
        var most = Math.Min(description.Length, LongestDescription);
        return description[..(most > 0 && char.IsHighSurrogate(description[most - 1]) ? most - 1 : most)];
    }
}
