using ChatStream.Emulator;

namespace ChatStream.Web.Tests.Emulation.Clients;

/// <summary>A fault of the emulator, and what all clients are to tell of it.</summary>
/// <param name="Name">Of the test, and the message that asks for it.</param>
/// <param name="Script">What the emulator sends; null: it refuses the request by itself.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The service's code.</param>
internal sealed record AskedFault(string Name, Script? Script, int Status, string? Code)
{
    public string Key { get; init; } = Question.RightKey;

    public string Deployment { get; init; } = Question.Deployed;

    public string? Param { get; init; }

    public string? RetryAfter { get; init; }

    public override string ToString() => Name;

    /// <summary>Refused before the answer begins.</summary>
    public static IReadOnlyList<AskedFault> Refusals { get; } =
    [
        new("wrong key", null, 401, "401") { Key = "another-key" },
        new("firewall", AzureErrors.AccessDenied(), 403, "403"),
        new("no such deployment", null, 404, "DeploymentNotFound") { Deployment = "gone" },
        new("unknown parameter", AzureErrors.UnknownParameter("mistyped"), 400, "unknown_parameter") { Param = "mistyped" },
        new("context length", AzureErrors.ContextLengthExceeded(), 400, "context_length_exceeded") { Param = "messages" },
        new("content filter", AzureErrors.PromptFiltered(), 400, "content_filter") { Param = "prompt" },
        new("rate limit", AzureErrors.RateLimited(TimeSpan.FromSeconds(20)), 429, "429") { RetryAfter = "20" },
        new("server error", AzureErrors.ServerError(), 500, "InternalServerError"),
        new("unavailable", AzureErrors.ServiceUnavailable(), 503, "ServiceUnavailable"),
    ];

    /// <summary>What happens in the middle of an answer. A request without streaming sees nothing of it but its end.</summary>
    public static IReadOnlyList<AskedFault> InMidAnswer { get; } =
    [
        new("cut", Begun().Cut(), 0, null),
        new("reset", Begun().Reset(), 0, null),
        new("error in the stream", Begun().ErrorEvent("server_error", "Oops.").Done(), 500, "server_error"),
    ];

    private static Script Begun() => Script.Start().Text("so ").Text("far");
}
