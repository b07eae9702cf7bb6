using System.Net;
using System.Security.Cryptography;
using System.Text;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>Every route of every controller is closed to senders who are not known, but for those that say so.</summary>
internal sealed class AccessTableTests : OpenIdTest
{
    private static readonly string Unsigned =
        $"{Base64("""{"alg":"none","typ":"JWT"}""")}.{Base64("""{"sub":"root","aud":"chatstream","exp":9999999999}""")}.";

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["SignIn:Audience"] = "api://chatstream";
        setup.Settings["SignIn:ApiScope"] = "chat";
    }

    private static IEnumerable<TestCaseData> Identities() =>
    [
        new TestCaseData(null, null).SetArgDisplayNames("nobody"),
        new TestCaseData("Cookie", "chatstream=x; chatstream-AAAAAAAAAAAAAAAA=CfDJ8AAAA").SetArgDisplayNames("a forged cookie"),
        new TestCaseData("Authorization", "Bearer a-key-of-others").SetArgDisplayNames("an unknown key"),
        new TestCaseData("Authorization", $"Bearer {Unsigned}").SetArgDisplayNames("a token without a signature"),
        new TestCaseData("Authorization", "Bearer a.b.c").SetArgDisplayNames("no token"),
        new TestCaseData("Authorization", "Bearer ").SetArgDisplayNames("an empty key"),
        new TestCaseData("Authorization", "Basic YTpi").SetArgDisplayNames("a password"),
        new TestCaseData("X-Forwarded-User", "alice").SetArgDisplayNames("the header of a proxy"),
    ];

    [TestCaseSource(nameof(Identities))]
    public async Task No_route_is_open(string? header, string? value)
    {
        var routes = AppRoute.Closed(App);
        Assert.That(routes, Has.Count.GreaterThan(15));
        using var scope = Assert.EnterMultipleScope();
        foreach (var route in routes)
            await IsClosedAsync(route, header, value);
        Assert.That(Asked, Is.Zero);
    }

    /// <summary>
    /// Tokens of the same authority that are not for here, have ended or have not begun, such as somebody changed, and such as
    /// another issuer wrote, or somebody in the authority's name.
    /// </summary>
    [Test]
    public async Task No_route_is_open_to_a_token_that_is_not_for_it()
    {
        var right = await Provider.TokenAsync("chat");
        Assert.That(await StatusAsync(right), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await StatusAsync(await Provider.TokenAsync("chat other")), Is.EqualTo(HttpStatusCode.OK));
        var parts = right.Split('.');
        var elsewhere = await Provider.TokenAsync("chat elsewhere");
        var signature = (await Provider.TokenAsync("other")).Split('.')[2];
        string[] wrong =
        [
            await Provider.TokenAsync("chat", "api://other"), await Provider.TokenAsync("other"),
            await Provider.TokenAsync("chat ended"), await Provider.TokenAsync("chat later"),
            elsewhere, Forged(right, right), Forged(right, elsewhere),
            $"{parts[0]}.{parts[1]}.{signature}", $"{parts[0]}.{Base64("""{"sub":"root"}""")}.{parts[2]}",
        ];
        using var scope = Assert.EnterMultipleScope();
        foreach (var token in wrong)
        {
            foreach (var route in AppRoute.Closed(App))
                await IsClosedAsync(route, "Authorization", $"Bearer {token}");
        }
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task A_browser_that_opens_a_page_is_sent_to_the_provider_and_nothing_else_is()
    {
        using var scope = Assert.EnterMultipleScope();
        foreach (var route in AppRoute.Closed(App))
        {
            using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Path)
            {
                Headers = { { "Accept", "text/html" } },
            };
            using var response = await User.Http.SendAsync(request, Token);
            var expected = route.Method == "GET" ? HttpStatusCode.Redirect : HttpStatusCode.Unauthorized;
            Assert.That(response.StatusCode, Is.EqualTo(expected), $"{route}");
            if (expected == HttpStatusCode.Redirect)
                Assert.That(response.Headers.Location!.Authority, Is.EqualTo(Provider.Authority.Authority), $"{route}");
        }
        Assert.That(Asked, Is.Zero);
    }

    private async Task IsClosedAsync(AppRoute route, string? header, string? value)
    {
        using var request = route.NewRequest(body: """{"message":"Hello"}""");
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, value);
        using var response = await User.Http.SendAsync(request, Token);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), $"{route}");
        Assert.That(response.Headers.Contains("Set-Cookie"), Is.False, $"{route}");
    }

    private async Task<HttpStatusCode> StatusAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/models");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var response = await User.Http.SendAsync(request, Token);
        return response.StatusCode;
    }

    /// <summary>A right signature by a key that is not the authority's, though the head names the authority's key.</summary>
    private static string Forged(string head, string payload)
    {
        using var key = RSA.Create(2048);
        var signed = $"{head.Split('.')[0]}.{payload.Split('.')[1]}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64(signature)}";
    }

    private static string Base64(string text) => Base64(Encoding.UTF8.GetBytes(text));

    private static string Base64(byte[] bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
