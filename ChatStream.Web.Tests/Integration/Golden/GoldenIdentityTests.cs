using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>Who asks, and from where.</summary>
internal sealed class GoldenIdentityTests : GoldenTest
{
    private const string Key = "Authorization: Bearer a-key-of-sixteen-and-more";

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["PublicOrigin"] = "https://chat.example.org";
        setup.Settings["AllowedHosts"] = "chat.lan";
        setup.Settings["Api:Keys:0:Name"] = "robot";
        setup.Settings["Api:Keys:0:Key"] = Key["Authorization: Bearer ".Length..];
    }

    [TestCaseSource(nameof(Requests))]
    public Task Newcomer(GoldenRequest request)
    {
        Leave();
        return SendAsync(request);
    }

    private static IEnumerable<TestCaseData> Requests()
    {
        const string Hi = "\n\n{\"message\":\"Hi\"}";

        yield return Case("browser starts", "POST /chat/stream" + Hi);
        yield return Case("browser starts as JSON", "POST /chat/stream\nAccept: application/json" + Hi);
        yield return Case("browser lists", "GET /conversations");
        yield return Case("browser with a cookie that cannot be read", "GET /models\nCookie: chatstream=nonsense");
        yield return Case("browser behind a password", "GET /models\nAuthorization: Basic dTpw");
        yield return Case("program starts", "POST /chat/stream\nAccept: application/json\n" + Key + Hi);
        yield return Case("program on another site", "POST /chat/stream\nSec-Fetch-Site: cross-site\n" + Key + Hi);
        yield return Case("wrong key", "GET /models\nAuthorization: Bearer wrong");
        yield return Case("wrong key starts", "POST /chat/stream\nAuthorization: Bearer wrong" + Hi);
        yield return Case("wrong key for events",
            "GET /chat/stream?message=Hi\nAccept: text/event-stream\nAuthorization: Bearer wrong");
        yield return Case("wrong key for the page", "GET /\nAccept: text/html\nAuthorization: Bearer wrong");
        yield return Case("empty key", "GET /models\nAuthorization: Bearer ");
        yield return Case("wrong key on an unknown path", "GET /nowhere\nAuthorization: Bearer wrong");
        yield return Case("another site starts", "POST /chat/stream\nSec-Fetch-Site: cross-site" + Hi);
        yield return Case("another site starts by GET", "GET /chat/stream?message=Hi\nSec-Fetch-Site: cross-site");
        yield return Case("the same site starts by GET", "GET /chat/stream?message=Hi\nSec-Fetch-Site: same-site");
        yield return Case("another site stops", $"POST /chat/stream/{NoId}/stop\nSec-Fetch-Site: cross-site");
        yield return Case("another origin starts", "POST /chat/stream\nOrigin: https://evil.example" + Hi);
        yield return Case("another origin starts by GET", "GET /chat/stream?message=Hi\nOrigin: null");
        yield return Case("our public origin starts", "POST /chat/stream\nOrigin: https://chat.example.org" + Hi);
        yield return Case("off loopback a GET starts", "GET /chat/stream?message=Hi\nHost: chat.lan");
        yield return Case("off loopback a GET that takes anything starts",
            "GET /chat/stream?message=Hi\nHost: chat.lan\nAccept: */*");
        yield return Case("off loopback a GET for events starts",
            "GET /chat/stream?message=Hi\nHost: chat.lan\nAccept: text/event-stream");
        yield return Case("prefetch", "GET /chat/stream?message=Hi\nSec-Purpose: prefetch;prerender\nSec-Fetch-Site: none");
        yield return Case("prefetch of the page", "GET /\nSec-Purpose: prefetch");
    }
}
