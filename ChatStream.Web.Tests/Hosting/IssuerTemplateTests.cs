using ChatStream.Web.Hosting.SignIn;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Hosting;

internal sealed class IssuerTemplateTests
{
    private const string Fixed = "https://login.example/contoso/v2.0";
    private const string Template = "https://login.example/{tenantid}/v2.0";
    private const string Tenant = "0f1e2d3c-0000-4000-8000-000000000000";
    private const string OtherTenant = "0f1e2d3c-0000-4000-8000-000000000001";

    [TestCase(Fixed, Fixed, null)]
    [TestCase(Fixed, Fixed, OtherTenant, Description = "where one tenant signs in, its lists say which")]
    [TestCase(Template, $"https://login.example/{Tenant}/v2.0", Tenant)]
    public void It_takes_the_issuer_that_is_described(string described, string issuer, string? tenant) =>
        Assert.That(Validate(described, issuer, tenant), Is.EqualTo(issuer));

    [TestCase(Fixed, "https://elsewhere.example", null)]
    [TestCase(Fixed, "https://login.example/contoso/v2.0/", null)]
    [TestCase(Fixed, "https://login.example/Contoso/v2.0", null)]
    [TestCase(Fixed, "", null)]
    [TestCase(Template, $"https://login.example/{Tenant}/v2.0", OtherTenant)]
    [TestCase(Template, $"https://login.example/{Tenant}/v2.0", null)]
    [TestCase(Template, $"https://elsewhere.example/{Tenant}/v2.0", Tenant)]
    [TestCase(Template, "https://login.example/common/v2.0", "common")]
    [TestCase(Template, "https://login.example/../v2.0", "..")]
    [TestCase(Template, Template, Tenant)]
    [TestCase(Template, Template, null)]
    [TestCase(Template, null, null)]
    [TestCase(Template, Template, "{tenantid}")]
    public void It_takes_no_other(string described, string? issuer, string? tenant) =>
        Assert.That(() => Validate(described, issuer, tenant), Throws.TypeOf<SecurityTokenInvalidIssuerException>()
            .With.Property(nameof(SecurityTokenInvalidIssuerException.InvalidIssuer)).EqualTo(issuer));

    private static string Validate(string described, string? issuer, string? tenant)
    {
        var payload = tenant is null ? "{}" : $$"""{"tid":"{{tenant}}"}""";
        return IssuerTemplate.Validate(
            issuer!, new JsonWebToken("{}", payload), new TokenValidationParameters(),
            new OpenIdConnectConfiguration { Issuer = described });
    }
}
