using System.Net;
using System.Text;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>The headers that App Service's sign-in, Easy Auth, sends for users of Entra ID.</summary>
internal sealed class EasyAuthTests : AppTest
{
    private const string Role = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";
    private const string TenantId = "http://schemas.microsoft.com/identity/claims/tenantid";
    private const string ObjectId = "http://schemas.microsoft.com/identity/claims/objectidentifier";

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["SignIn:Kind"] = "Header";
        setup.Settings["SignIn:Header:From:0"] = "127.0.0.0/8";
        setup.Settings["SignIn:Header:User"] = "X-MS-CLIENT-PRINCIPAL-ID";
        setup.Settings["SignIn:Header:Name"] = "X-MS-CLIENT-PRINCIPAL-NAME";
        setup.Settings["SignIn:Header:Groups"] = "";
        setup.Settings["SignIn:Header:Claims"] = "X-MS-CLIENT-PRINCIPAL";
        // As App Service does, where its front end is a named proxy: the browser's address takes the place of the front end's.
        setup.Settings["FORWARDEDHEADERS_ENABLED"] = "true";
        setup.Settings["Proxies:0"] = "127.0.0.0/8";
        setup.Settings["SignIn:Tenants:0"] = "our-tenant";
        setup.Settings["SignIn:Groups:0"] = "our-group";
        setup.Settings["SignIn:Roles:0"] = "Chat.User";
        setup.Settings["SignIn:Users:0"] = "one-user";
        setup.Settings["SignIn:AdminValues:0"] = "Chat.Admin";
        setup.Settings["Models:0:Name"] = "deep";
        setup.Settings["Models:0:Groups:0"] = "our-group";
        setup.Settings["Models:0:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString();
        setup.Settings["Models:0:Deployments:0:Deployment"] = "deep";
        setup.Settings["Models:0:Deployments:0:ApiKey"] = "emulator-key";
    }

    [TestCase(TenantId, "our-tenant", true)]
    [TestCase("tid", "our-tenant", true)]
    [TestCase(TenantId, "other-tenant", false)]
    [TestCase("groups", "our-group", true)]
    [TestCase("groups", "other-group", false)]
    [TestCase(Role, "Chat.User", true)]
    [TestCase("roles", "Chat.User", true)]
    [TestCase("app-roles", "Chat.User", true)]
    [TestCase(Role, "our-group", false)]
    [TestCase("other", "our-tenant", false)]
    [TestCase(ObjectId, "one-user", true)]
    [TestCase("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "one-user", false)]
    public async Task The_lists_hold_for_its_claims(string type, string value, bool isAdmitted)
    {
        using var response = await GetAsync("/settings", PrincipalOf(type == "app-roles" ? type : Role, (type, value)));

        Assert.That(response.StatusCode, Is.EqualTo(isAdmitted ? HttpStatusCode.OK : HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task A_role_makes_an_administrator_and_a_group_gives_models()
    {
        using var user = await GetAsync("/models", PrincipalOf(Role, (TenantId, "our-tenant")));
        using var member = await GetAsync("/models", PrincipalOf(Role, ("groups", "our-group")));
        using var noAdmin = await GetAsync("/admin", PrincipalOf(Role, (Role, "Chat.User")));
        using var admin = await GetAsync("/admin", PrincipalOf(Role, (Role, "Chat.User"), (Role, "Chat.Admin")));

        Assert.That(await ModelsInAsync(user), Is.EqualTo(1));
        Assert.That(await ModelsInAsync(member), Is.EqualTo(2));
        Assert.That(noAdmin.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(admin.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task The_name_is_shown_and_the_id_owns_what_is_written()
    {
        var principal = PrincipalOf(Role, ("groups", "our-group"));
        using var page = await GetAsync("/", principal, name: "Zoe Angstrom");

        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await page.Content.ReadAsStringAsync(Token), Does.Contain(">ZA</span>"));
        using var request = ChatClient.Post(new { message = "Hello" }, "application/json");
        using var asked = await SendAsync(request, principal, "u1", "Zoe");
        var id = JsonDocument.Parse(await asked.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("conversationId");
        using var own = await GetAsync($"/conversations/{id}", principal, "u1", "Another name");
        using var other = await GetAsync($"/conversations/{id}", principal, "u2", "Zoe");
        Assert.That((own.StatusCode, other.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.NotFound)));
    }

    [TestCase("no base64!")]
    [TestCase("bm8ganNvbg==")] // no json
    [TestCase("W10=")] // []
    [TestCase("e30=")] // {}
    [TestCase("eyJjbGFpbXMiOjd9")] // {"claims":7}
    [TestCase("eyJjbGFpbXMiOlt7InR5cCI6InRpZCJ9XX0=")] // {"claims":[{"typ":"tid"}]}
    [TestCase("eyJjbGFpbXMiOlt7InR5cCI6bnVsbCwidmFsIjpudWxsfV19")] // {"claims":[{"typ":null,"val":null}]}
    [TestCase("eyJyb2xlX3R5cCI6NywiY2xhaW1zIjpbXX0=")] // {"role_typ":7,"claims":[]}
    [TestCase("")]
    public async Task Claims_that_cannot_be_read_let_nobody_in(string principal)
    {
        using var response = await GetAsync("/settings", principal);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task Without_the_user_the_claims_name_nobody()
    {
        using var response = await GetAsync("/settings", PrincipalOf(Role, (TenantId, "our-tenant")), user: "");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    /// <summary>The header as App Service writes it.</summary>
    private static string PrincipalOf(string roles, params (string Type, string Value)[] claims) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
        {
            auth_typ = "aad",
            claims = claims.Select(claim => new { typ = claim.Type, val = claim.Value })
                .Append(new { typ = "name", val = "Zoe Angström" }),
            name_typ = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
            role_typ = roles,
        })));

    private static async Task<int> ModelsInAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("models").GetArrayLength();

    private Task<HttpResponseMessage> GetAsync(string path, string principal, string user = "u1", string name = "Zoe") =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), principal, user, name);

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string principal, string user, string name)
    {
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.7");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Groups", "our-group");
        request.Headers.TryAddWithoutValidation("X-MS-CLIENT-PRINCIPAL-ID", user);
        request.Headers.TryAddWithoutValidation("X-MS-CLIENT-PRINCIPAL-NAME", name);
        request.Headers.TryAddWithoutValidation("X-MS-CLIENT-PRINCIPAL-IDP", "aad");
        request.Headers.TryAddWithoutValidation("X-MS-CLIENT-PRINCIPAL", principal);
        return User.Http.SendAsync(request, Token);
    }
}
