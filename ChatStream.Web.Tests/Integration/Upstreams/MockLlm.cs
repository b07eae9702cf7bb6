using System.Diagnostics;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Upstreams;

/// <summary>
/// Dave Kerr's mock-llm. It has chat completions. It sends an error as an event of a stream with status 200, cuts texts between
/// the halves of a character, and streams no usage.
/// </summary>
internal sealed record MockLlm() : ForeignUpstream("@dwmkerr/mock-llm")
{
    private const string Path = "/v1/chat/completions";

    public override IReadOnlyDictionary<string, IReadOnlyList<(string Key, string Value)>> Models(Uri address) =>
        new Dictionary<string, IReadOnlyList<(string Key, string Value)>> { ["chat"] = OpenAi(address, "chat") };

    public override IReadOnlyList<ForeignFault> Faults { get; } =
    [
        new("play 404", "failed", "not_configured"),
        new("play 429", "failed", "rate_limited"),
        new("play quota", "failed", "quota_exhausted"),
        new("play context", "failed", "context_length_exceeded"),
        new("play filter", "filtered", "content_filter"),
        new("play 500", "failed", "model_unavailable"),
    ];

    protected override string Listens => "server running on";

    protected override ProcessStartInfo Program(int port, string folder)
    {
        // YAML reads JSON, too.
        var configuration = Write(folder, "mock-llm.yaml", new
        {
            streaming = new { chunkSize = 1, chunkIntervalMs = 1 },
            rules = new[]
            {
                Rule("say it", 200, new
                {
                    id = "chatcmpl-1",
                    model = "gpt-5-mini",
                    choices = new[] { new { message = new { role = "assistant", content = Text }, finish_reason = "stop" } },
                }),
                Fault("play 404", 404, "The model does not exist.", "model_not_found"),
                Fault("play 429", 429, "Slow down.", "rate_limit_exceeded"),
                Fault("play quota", 429, "You exceeded your current quota.", "insufficient_quota"),
                Fault("play context", 400, "This model's maximum context length is 8192 tokens.", "context_length_exceeded"),
                Fault("play filter", 400, "The response was filtered.", "content_filter"),
                Fault("play 500", 500, "Oops.", "server_error"),
            },
        });
        return new ProcessStartInfo(RealParts.NodeWithPackages)
        {
            ArgumentList = { RealParts.Package(Package, "dist", "main.js"), "--config", configuration },
            Environment = { ["HOST"] = "127.0.0.1", ["PORT"] = $"{port}" },
        };
    }

    private static object Rule(string message, int status, object content) => new
    {
        path = Path,
        match = $"contains(body.messages[-1].content, '{message}')",
        response = new { status, content = System.Text.Json.JsonSerializer.Serialize(content) },
    };

    private static object Fault(string message, int status, string words, string code) =>
        Rule(message, status, new { error = new { message = words, type = "invalid_request_error", code } });
}
