using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Conversations;

internal sealed class NoTitleTests
{
    [Test]
    public async Task With_titles_off_the_model_is_asked_only_for_answers()
    {
        await using var emulator = await EmulatorServer.StartAsync();
        await using var app = await ChatApp.StartAsync(emulator, setup => setup.Settings["Conversations:ModelTitles"] = "false");
        using var user = app.NewUser();
        var conversation = (await user.AskAsync("Hello")).GetProperty("conversationId").GetString();
        await user.AskAsync("And now", conversation);

        Assert.That(emulator.Requests.Select(request => request.LastUserMessage), Is.EqualTo(new[] { "Hello", "And now" }));
    }

    [Test]
    public async Task The_demo_gives_no_titles()
    {
        await using var app = await ChatApp.StartAsync(setup => setup.Settings["Conversations:ModelTitles"] = "true");
        using var user = app.NewUser();
        for (var i = 0; i < 2; i++)
            await user.AskAsync("Hello");

        using var list = await user.Http.GetAsync("/conversations");
        Assert.That(
            WireText.Numbered(await list.Content.ReadAsStringAsync()),
            Does.Contain("\"title\":\"Hello\"").And.Not.Contain("title\":\"#"));
    }
}
