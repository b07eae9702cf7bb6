using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// Over plain HTTP and a host name the page is not a secure context: it has no <c>crypto.randomUUID</c>, no clipboard and no
/// <c>Sec-Fetch-Site</c> on its requests.
/// </summary>
internal sealed class LanHostTests : BrowserTest
{
    [Test]
    public async Task The_page_works_on_a_host_name_in_a_lan()
    {
        var gate = new Gate();
        Answer(Answers.WordByWord(gate));
        Answer(Script.Start().Text("So far").Stall());
        await using var user = await ArriveAsync(Chromium.OnLan(App.Address));
        var chat = user.Chat;
        Assert.That(await user.Page.EvaluateAsync<bool>("() => isSecureContext"), Is.False);

        await chat.SendAsync("Hello");
        gate.LetOne();
        await Expect(chat.Answer.Text).ToHaveTextAsync("One");
        await user.Page.ReloadAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("One");
        gate.Open();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);

        await chat.SendAsync("More");
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");
        await chat.Stop.ClickAsync();
        await Expect(chat.Answer.Ending).ToHaveTextAsync(["You stopped this answer."]);
        Assert.That((await Requests[1].Ended.WaitAsync(Timeout)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        Assert.That(user.Errors, Is.Empty);
    }

    [Test]
    public async Task The_form_works_on_that_host_without_a_script()
    {
        Answer(Script.Answer("Hello."));
        await using var user = await ArriveAsync(Chromium.OnLan(App.Address), javaScript: false);

        await user.Chat.Message.FillAsync("Hello");
        await user.Chat.Send.ClickAsync();

        await Expect(user.Chat.Answer.Text).ToHaveTextAsync("Hello.");
        Assert.That(user.Errors, Is.Empty);
    }
}
