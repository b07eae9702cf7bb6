using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>Each path with methods that it has and that it has not.</summary>
internal sealed class GoldenRouteTests : GoldenTest
{
    [TestCaseSource(nameof(Requests))]
    public Task Route(GoldenRequest request) => SendAsync(request);

    private static IEnumerable<TestCaseData> Requests()
    {
        string[] paths =
        [
            "/", "/chat", $"/chat/{NoId}", "/chat/stop", "/chat/stream", $"/chat/stream/{NoId}", $"/chat/stream/{NoId}/stop",
            "/conversations", $"/conversations/{NoId}", $"/conversations/{NoId}/export", "/conversations/import",
            "/models", "/usage", "/preferences", "/health/live", "/health/ready", "/nowhere", "/diagnose",
        ];
        string[] notRead = ["/chat/stop", $"/chat/stream/{NoId}/stop", "/conversations/import", "/preferences"];
        string[] notSent = ["/", "/models", "/conversations", $"/conversations/{NoId}", $"/chat/stream/{NoId}", $"/chat/{NoId}"];
        foreach (var path in paths)
        {
            foreach (var method in new[] { "HEAD", "OPTIONS", "PUT" })
                yield return Case($"{method} {path}", $"{method} {path}");
        }
        foreach (var path in notRead.Concat(["/models", "/health/live", "/health/ready", "/nowhere"]))
            yield return Case($"GET {path}", $"GET {path}");
        foreach (var path in notSent.Concat(["/health/live", "/nowhere"]))
            yield return Case($"POST {path}", $"POST {path}");
        yield return Case("DELETE /chat/stream", "DELETE /chat/stream\nAccept: text/event-stream");
        yield return Case("GET /nowhere as a page", "GET /nowhere\nAccept: text/html,*/*;q=0.8");
        yield return Case("GET /nowhere for events", "GET /nowhere\nAccept: text/event-stream");
        yield return Case("GET models in another case", "GET /Models");
        yield return Case("GET /models with a slash", "GET /models/");
        yield return Case("a preflight",
            "OPTIONS /chat/stream\nOrigin: https://evil.example\nAccess-Control-Request-Method: POST");
    }
}
