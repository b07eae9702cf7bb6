using System.Net;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>A session counts only under the lists of the settings by which it was made.</summary>
internal sealed class ChangedListsTests : OpenIdTest
{
    private ChatApp.Setup _setup = null!;

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        _setup = setup;
        setup.Settings["SignIn:Admins:0"] = "carol";
    }

    [Test]
    public async Task A_session_from_before_the_lists_changed_counts_no_more()
    {
        using var browser = OpenIdProvider.NewBrowser(App.Address);
        (await OpenIdProvider.SignInAsync(browser, "/", "carol@research")).Dispose();
        browser.DefaultRequestHeaders.Clear();
        browser.DefaultRequestHeaders.Add("Accept", "application/json");

        await RestartAsync();
        Assert.That(await StatusAsync(), Is.EqualTo(HttpStatusCode.OK), "the same lists");
        _setup.Settings["SignIn:Admins:0"] = "dave";
        await RestartAsync();
        Assert.That(await StatusAsync(), Is.EqualTo(HttpStatusCode.Unauthorized), "another administrator");
        _setup.Settings["SignIn:Admins:0"] = "carol";
        await RestartAsync();
        Assert.That(await StatusAsync(), Is.EqualTo(HttpStatusCode.OK), "as they were");

        async Task<HttpStatusCode> StatusAsync()
        {
            using var report = await browser.GetAsync(new Uri(App.Address, "/admin"), Token);
            return report.StatusCode;
        }
    }
}
