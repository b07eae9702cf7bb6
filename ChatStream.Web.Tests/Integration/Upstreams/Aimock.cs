using System.Diagnostics;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Upstreams;

/// <summary>CopilotKit's aimock. It has chat completions, the Responses API and Azure's dated addresses.</summary>
internal sealed record Aimock() : ForeignUpstream("@copilotkit/aimock")
{
    public override IReadOnlyDictionary<string, IReadOnlyList<(string Key, string Value)>> Models(Uri address) =>
        new Dictionary<string, IReadOnlyList<(string Key, string Value)>>
        {
            ["chat"] = OpenAi(address, "chat"),
            ["responses"] = OpenAi(address, "responses"),
            ["azure"] =
            [
                ("Kind", "azure"), ("Endpoint", address.ToString()), ("Deployment", "gpt-4o"), ("ApiKey", "K"),
                ("ApiVersion", "2024-10-21"),
            ],
        };

    public override IReadOnlyList<ForeignFault> Faults { get; } =
    [
        new("play 401", "failed", "not_configured"),
        new("play 404", "failed", "not_configured"),
        new("play 429", "failed", "rate_limited", RetryAfter: 7),
        new("play quota", "failed", "quota_exhausted"),
        new("play context", "failed", "context_length_exceeded"),
        new("play filter", "filtered", "content_filter"),
        new("play 500", "failed", "model_unavailable"),
        new("play 503", "failed", "model_unavailable"),
        new("play cut", "failed", "model_unavailable"),
    ];

    protected override string Listens => "listening on";

    protected override ProcessStartInfo Program(int port, string folder)
    {
        var fixtures = Write(folder, "fixtures.json", new
        {
            fixtures = new object[]
            {
                new { match = new { userMessage = "say it" }, response = new { content = Text } },
                Fault("play 401", 401, "Incorrect API key provided.", "invalid_api_key"),
                Fault("play 404", 404, "The model does not exist.", "model_not_found"),
                Fault("play 429", 429, "Slow down.", "rate_limit_exceeded", retryAfter: 7),
                Fault("play quota", 429, "You exceeded your current quota.", "insufficient_quota"),
                Fault("play context", 400, "This model's maximum context length is 8192 tokens.", "context_length_exceeded"),
                Fault("play filter", 400, "The response was filtered.", "content_filter"),
                Fault("play 500", 500, "Oops.", "server_error"),
                Fault("play 503", 503, "Overloaded.", "server_error"),
                new { match = new { userMessage = "play cut" }, response = new { content = Text }, truncateAfterChunks = 4 },
            },
        });
        return new ProcessStartInfo(RealParts.NodeWithPackages)
        {
            ArgumentList =
            {
                RealParts.Package(Package, "dist", "cli.js"), "--port", $"{port}", "--fixtures", fixtures, "--chunk-size", "3",
                "--strict",
            },
        };
    }

    private static object Fault(string message, int status, string words, string code, int? retryAfter = null) => new
    {
        match = new { userMessage = message },
        response = new { status, error = new { message = words, type = "invalid_request_error", code }, retryAfter },
    };
}
