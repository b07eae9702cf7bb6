using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>Groups of a real provider's users, in the cookie of a browser.</summary>
internal sealed class OpenIdRightsTests : OpenIdTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["SignIn:Groups:0"] = "staff";
        setup.Settings["SignIn:Groups:1"] = "research";
        setup.Settings["SignIn:Admins:0"] = "alice";
        setup.Settings["Models:0:Name"] = "deep";
        setup.Settings["Models:0:Groups:0"] = "research";
        setup.Settings["Models:0:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString();
        setup.Settings["Models:0:Deployments:0:Deployment"] = "deep";
        setup.Settings["Models:0:Deployments:0:ApiKey"] = "emulator-key";
    }

    [TestCase("alice@staff,research", true)]
    [TestCase("bob@staff", false)]
    public async Task The_session_knows_the_groups(string name, bool isShown)
    {
        using var browser = OpenIdProvider.NewBrowser(App.Address);
        (await OpenIdProvider.SignInAsync(browser, "/", name)).Dispose();
        var models = await browser.GetStringAsync(new Uri("/models", UriKind.Relative), Token);

        Assert.That(models.Contains("\"deep\"", StringComparison.Ordinal), Is.EqualTo(isShown));
    }

    [Test]
    public async Task Sign_ins_and_sign_outs_are_in_the_audit_log_which_the_administrator_reads()
    {
        using var browser = OpenIdProvider.NewBrowser(App.Address);
        using var others = OpenIdProvider.NewBrowser(App.Address);
        using var stranger = OpenIdProvider.NewBrowser(App.Address);
        (await OpenIdProvider.SignInAsync(others, "/", "dave@staff")).Dispose();
        using var refused = await others.GetAsync(new Uri("/admin/audit", UriKind.Relative), Token);
        (await others.PostAsync("/sign-out", new FormUrlEncodedContent([]), Token)).Dispose();
        (await OpenIdProvider.SignInAsync(stranger, "/", "eve@other")).Dispose();

        using var page = await OpenIdProvider.SignInAsync(browser, "/admin/audit", "alice@staff");
        var html = await page.Content.ReadAsStringAsync(Token);
        browser.DefaultRequestHeaders.Clear();
        browser.DefaultRequestHeaders.Add("Accept", "application/json");
        using var log = JsonDocument.Parse(await browser.GetStringAsync(new Uri("/admin/audit", UriKind.Relative), Token));

        Assert.That((int)refused.StatusCode, Is.EqualTo(403));
        Assert.That(html, Does.Contain("<h1>Audit log</h1>"));
        Assert.That(
            log.RootElement.GetProperty("entries").EnumerateArray().Take(4).Select(entry =>
                $"{entry.GetProperty("user").GetString()}: {entry.GetProperty("action").GetString()}"),
            Is.EqualTo(new[]
            {
                "alice of the tests: signed_in", "eve of the tests: sign_in_refused", "dave of the tests: signed_out",
                "dave of the tests: signed_in",
            }));
    }
}
