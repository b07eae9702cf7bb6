using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers.Wire;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers;

/// <summary>
/// Calls of tools in the library's types. Each call gets an id of our own: a service's may be empty, or the same twice. The
/// arguments stay the text that the model wrote, because that need not be JSON.
/// </summary>
internal static class FunctionCalls
{
    /// <summary>The update that ends an answer with calls.</summary>
    public static ChatResponseUpdate ToUpdate(IEnumerable<RequestedCall> calls) =>
        new(ChatRole.Assistant, [.. calls.Select(call => (AIContent)Of(Ids.New(), call.Name, call.Arguments))]);

    /// <param name="id">The call's id, which its result names.</param>
    /// <param name="name">The tool's name.</param>
    /// <param name="arguments">The text that the model wrote.</param>
    public static FunctionCallContent Of(string id, string name, string arguments) =>
        new(id, name) { RawRepresentation = arguments };

    /// <summary>The text that the model wrote.</summary>
    public static string ArgumentsOf(FunctionCallContent call) =>
        call.RawRepresentation as string ?? JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>());

    /// <summary>The arguments as a service takes them back: some refuse what is no object.</summary>
    public static string SentArgumentsOf(FunctionCallContent call)
    {
        var text = ArgumentsOf(call);
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object ? text : "{}";
        }
        catch (JsonException)
        {
            return "{}";
        }
    }

    /// <summary>The text of a result.</summary>
    public static string TextOf(FunctionResultContent result) => result.Result as string ?? "";
}
