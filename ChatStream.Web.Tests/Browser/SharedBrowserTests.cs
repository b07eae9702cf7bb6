using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.SignIn;
using NUnit.Framework;
using static ChatStream.Web.Tests.Browser.GivenFiles;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Users who sign in one after the other in one browser do not see what the others have typed.</summary>
internal sealed class SharedBrowserTests : BrowserTest
{
    private readonly InProcessProvider _provider = new(FreePort.Find());

    /// <summary>An app in which each browser is a user of its own.</summary>
    private ChatApp Open { get; set; } = null!;

    [Test]
    [NonParallelizable]
    public async Task The_next_user_sees_nothing_of_what_the_last_one_typed_and_it_is_gone_after_the_sign_out()
    {
        Answer(Script.Answer("Here."));
        // Not a secure context.
        await using var user = await ArriveAsync(Chromium.OnLan(App.Address), path: null);
        var (chat, page) = (user.Chat, user.Page);
        await BecomeAsync(user, "ada");
        await page.GotoAsync("/");
        Assert.That(await page.Locator("body").GetAttributeAsync("data-user"), Does.Match("^[\\w-]{8}$"));
        await chat.SendAsync("One");
        await chat.Answer.HasEndedAsync();
        await chat.Message.FillAsync("In a conversation");
        await chat.NewChat.ClickAsync();
        await Expect(chat.Messages).ToHaveCountAsync(0);
        await chat.Message.FillAsync("In a new chat");
        await chat.FileInput.SetInputFilesAsync([FileOf("notes.txt", "Tea"u8.ToArray())]);
        await Expect(chat.Attached).ToHaveCountAsync(1);

        await BecomeAsync(user, "bob");
        await page.GotoAsync("/");
        await page.WaitForFunctionAsync("() => performance.now() > 1000");
        await Expect(chat.Message).ToHaveValueAsync("");
        await Expect(chat.Attached).ToHaveCountAsync(0);
        await chat.Message.FillAsync("Of Bob");
        await BecomeAsync(user, "ada");
        await page.GotoAsync("/");
        await Expect(chat.Message).ToHaveValueAsync("In a new chat");
        await Expect(chat.Attached).ToHaveCountAsync(1);

        await SubmitAsync(user, "/sign-out");
        var kept = await KeptAsync(user);
        Assert.That(kept, Does.Contain("Of Bob").And.Not.Contain("In a"));
        await BecomeAsync(user, "bob");
        await page.GotoAsync("/");
        await Expect(chat.Message).ToHaveValueAsync("Of Bob");
    }

    [NonParallelizable]
    [TestCase("ada")]
    [TestCase(null)]
    public async Task What_was_typed_goes_with_all_the_rest_that_is_erased(string? name)
    {
        await using var user = await ArriveAsync(name is null ? Open.Address : App.Address, path: null);
        if (name is not null)
            await BecomeAsync(user, name);
        await user.Page.GotoAsync("/");
        await user.Chat.Message.FillAsync("Not sent");
        await user.Page.GotoAsync("/account?erased=0");
        Assert.That(await KeptAsync(user), Does.Contain("Not sent"), "an address alone removes nothing");

        await SubmitAsync(user, "/account/erase", "confirm", "all");

        await Expect(user.Page.GetByRole(Microsoft.Playwright.AriaRole.Status)).ToBeVisibleAsync();
        Assert.That(await KeptAsync(user), Does.Not.Contain("Not sent"));
    }

    [Test]
    public async Task Where_nobody_signs_in_the_page_has_no_user()
    {
        await using var user = await ArriveAsync(Open.Address);
        Assert.That(await user.Page.Locator("body").GetAttributeAsync("data-user"), Is.Null.Or.Empty);
    }

    [OneTimeTearDown]
    public async Task StopOpenAsync()
    {
        await Open.DisposeAsync();
        await _provider.DisposeAsync();
    }

    protected override async Task<ChatApp> StartAppAsync(EmulatorServer emulator)
    {
        await _provider.StartAsync();
        Open = await ChatApp.StartAsync(emulator, _ => { });
        return await ChatApp.StartAsync(emulator, setup =>
        {
            setup.Settings["AllowedHosts"] = $"localhost;127.0.0.1;{Chromium.LanHost}";
            setup.Settings["SignIn:Kind"] = "OpenIdConnect";
            setup.Settings["SignIn:Authority"] = _provider.Authority.ToString();
            setup.Settings["SignIn:ClientId"] = "chatstream";
        });
    }

    /// <summary>Without a session, the next page signs this user in.</summary>
    private async Task BecomeAsync(BrowserUser user, string name)
    {
        _provider.User = new Dictionary<string, string> { ["sub"] = name, ["name"] = name };
        await user.Context.ClearCookiesAsync();
    }

    private static async Task SubmitAsync(BrowserUser user, string path, string name = "", string value = "")
    {
        await user.Page.EvaluateAsync("""
            ([path, name, value]) => {
                const form = document.createElement('form');
                form.method = 'post';
                form.action = path;
                if (name) form.append(Object.assign(document.createElement('input'), { name, value }));
                document.body.append(form);
                form.submit();
            }
            """, new[] { path, name, value });
        // The provider of the tests has no page that ends a session, so the sign-out goes no further.
        await user.Page.WaitForURLAsync(name.Length > 0 ? "**/account?erased=*" : "**/sign-out/provider");
    }

    private static Task<string> KeptAsync(BrowserUser user) =>
        user.Page.EvaluateAsync<string>("() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])");
}
