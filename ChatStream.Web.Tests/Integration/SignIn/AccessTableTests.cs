using System.Net;
using System.Text;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>Every route of every controller is closed to senders who are not known, but for those that say so.</summary>
internal sealed class AccessTableTests : OpenIdTest
{
    private static readonly string[] Open =
        ["POST /sign-out", "GET /sign-out/provider", "GET /signed-out", "GET /not-admitted", "GET /sign-in-failed"];

    private static readonly string Unsigned =
        $"{Base64("""{"alg":"none","typ":"JWT"}""")}.{Base64("""{"sub":"root","aud":"chatstream","exp":9999999999}""")}.";

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
        var routes = Routes();
        Assert.That(routes, Has.Count.GreaterThan(15));
        using var scope = Assert.EnterMultipleScope();
        foreach (var (method, path) in routes)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (header is not null)
                request.Headers.TryAddWithoutValidation(header, value);
            if (method is "POST" or "PATCH")
                request.Content = new StringContent("""{"message":"Hello"}""", Encoding.UTF8, "application/json");
            using var response = await User.Http.SendAsync(request, Token);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), $"{method} {path}");
            Assert.That(response.Headers.Contains("Set-Cookie"), Is.False, $"{method} {path}");
        }
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task A_browser_that_opens_a_page_is_sent_to_the_provider_and_nothing_else_is()
    {
        using var scope = Assert.EnterMultipleScope();
        foreach (var (method, path) in Routes())
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "Accept", "text/html" } } };
            using var response = await User.Http.SendAsync(request, Token);
            var expected = method == "GET" ? HttpStatusCode.Redirect : HttpStatusCode.Unauthorized;
            Assert.That(response.StatusCode, Is.EqualTo(expected), $"{method} {path}");
            if (expected == HttpStatusCode.Redirect)
                Assert.That(response.Headers.Location!.Authority, Is.EqualTo(Provider.Authority.Authority), path);
        }
        Assert.That(Asked, Is.Zero);
    }

    private List<(string Method, string Path)> Routes() =>
    [
        .. from endpoint in App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           where endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is not null
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
           let path = PathOf(endpoint)
           where !Open.Contains($"{method} {path}")
           select (method, path),
    ];

    private static string PathOf(RouteEndpoint endpoint) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(
        segment => string.Concat(segment.Parts.Select(part =>
            part is RoutePatternLiteralPart literal ? literal.Content : "AAAAAAAAAAAAAAAA"))));

    private static string Base64(string text) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
