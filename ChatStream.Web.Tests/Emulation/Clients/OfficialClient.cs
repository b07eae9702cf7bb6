using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Emulation.Clients;

/// <summary>A client of Microsoft, OpenAI or Vercel, by one of the surfaces that it can ask.</summary>
/// <param name="Package">The package.</param>
/// <param name="Surface"><c>dated</c> or <c>v1</c>, and <c>chat</c> or <c>responses</c>.</param>
internal abstract record OfficialClient(string Package, string Surface)
{
    public static IReadOnlyList<OfficialClient> All { get; } =
    [
        new OpenAiClient("dated chat"),
        new OpenAiClient("dated responses"),
        new OpenAiClient("v1 chat"),
        new OpenAiClient("v1 responses"),
        new AiSdkClient("dated chat"),
        new AiSdkClient("v1 chat"),
        new AiSdkClient("v1 responses"),
        new TypedSdkClient("dated chat"),
        new TypedSdkClient("v1 chat"),
    ];

    public bool IsForResponses => Surface.EndsWith("responses", StringComparison.Ordinal);

    /// <summary>Whether the client knows a refusal from a text.</summary>
    public abstract bool KnowsRefusals { get; }

    /// <summary>Whether the client can read the answer at all.</summary>
    public virtual bool Reads(AskedAnswer asked, bool isStreamed) => true;

    /// <summary>Whether the client tells the code of an error that comes in a stream.</summary>
    public virtual bool KnowsErrorsOfStreams => true;

    /// <summary>The client's word for a finish reason of chat completions.</summary>
    public abstract string Finish(string reason);

    /// <summary>The client's type of error for a status; 0: the connection broke.</summary>
    public abstract string ErrorType(int status, bool isInStream);

    public abstract Task<IReadOnlyList<Told>> AskAsync(
        Uri endpoint, IReadOnlyList<Question> questions, CancellationToken cancellationToken);

    public sealed override string ToString() => $"{Package}, {Surface}";
}

/// <summary>A package of npm, used by a script of <c>scripts/</c>.</summary>
internal abstract record NodeClient(string Package, string Script, string Surface) : OfficialClient(Package, Surface)
{
    public override async Task<IReadOnlyList<Told>> AskAsync(
        Uri endpoint, IReadOnlyList<Question> questions, CancellationToken cancellationToken)
    {
        await using var node = NodeScript.Start(
            "Emulation/Clients/scripts/run.mjs", new { package = Script, surface = Surface, endpoint, questions });
        await node.Exited.WaitAsync(cancellationToken);
        var told = node.Output.Split('\n').Where(line => line.StartsWith('{'))
            .Select(line => JsonSerializer.Deserialize<Told>(line, JsonSerializerOptions.Web)!).ToList();
        return told.Count == questions.Count ? told : throw new InvalidOperationException(node.Output);
    }
}

internal sealed record OpenAiClient(string Surface) : NodeClient("openai", "openai", Surface)
{
    public override bool KnowsRefusals => true;

    public override string Finish(string reason) => !IsForResponses ? reason : reason switch
    {
        "length" => "max_output_tokens",
        "content_filter" => reason,
        _ => "completed",
    };

    public override string ErrorType(int status, bool isInStream) => (status, isInStream) switch
    {
        (0, true) => "OpenAIError", // around the fault of the connection
        (0, false) => "APIConnectionError",
        (_, true) => "APIError",
        (400, _) => "BadRequestError",
        (401, _) => "AuthenticationError",
        (403, _) => "PermissionDeniedError",
        (404, _) => "NotFoundError",
        (429, _) => "RateLimitError",
        _ => "InternalServerError",
    };
}

internal sealed record AiSdkClient(string Surface) : NodeClient("@ai-sdk/azure", "ai-sdk", Surface)
{
    public override bool KnowsRefusals => false;

    public override string Finish(string reason) => !IsForResponses ? reason : reason switch
    {
        "length" => "max_output_tokens",
        "tool_calls" => "tool-calls",
        _ => reason,
    };

    // It hands on an error of a stream as the service sent it, without a type of its own.
    public override string ErrorType(int status, bool isInStream) => isInStream && status > 0 ? "Object" : "AI_APICallError";

    // Its type of a whole response has no refusal.
    public override bool Reads(AskedAnswer asked, bool isStreamed) => isStreamed || !IsForResponses || asked.Refusal is null;
}
