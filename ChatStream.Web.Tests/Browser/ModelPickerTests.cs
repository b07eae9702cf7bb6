using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The choice of the model and of its effort, and what the page says when another deployment answers.</summary>
internal sealed class ModelPickerTests : BrowserTest
{
    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) => ChatApp.StartAsync(emulator, setup =>
    {
        var settings = new Dictionary<string, string>
        {
            ["Models:0:Name"] = "deep",
            ["Models:0:Label"] = "Deep thought",
            ["Models:0:Description"] = "Thinks before it answers.",
            ["Models:0:Efforts:0"] = "minimal",
            ["Models:0:Efforts:1"] = "high",
            ["Models:0:Deployments:0:Deployment"] = "deep-east",
            ["Models:0:Deployments:1:Deployment"] = "deep-west",
            ["Models:1:Name"] = "quick",
            ["Models:1:Efforts:0"] = "high",
            ["Models:1:Deployments:0:Deployment"] = "quick",
        };
        foreach (var (key, value) in settings)
            setup.Settings[key] = value;
        foreach (var deployment in new[] { "Models:0:Deployments:0", "Models:0:Deployments:1", "Models:1:Deployments:0" })
        {
            setup.Settings[$"{deployment}:Endpoint"] = emulator.Endpoint.ToString();
            setup.Settings[$"{deployment}:ApiKey"] = "emulator-key";
        }
    });

    [Test]
    public async Task The_description_and_the_efforts_are_those_of_the_chosen_model()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.OpenMannerAsync();
        await Expect(chat.Effort).ToBeHiddenAsync();
        await Expect(chat.AboutModel).ToBeHiddenAsync();

        await chat.Model.SelectOptionAsync("deep");
        await chat.OpenMannerAsync();
        await Expect(chat.AboutModel).ToHaveTextAsync("Thinks before it answers.");
        await Expect(chat.Effort.Locator("option")).ToHaveTextAsync(["default", "minimal", "high"]);
        await chat.Effort.SelectOptionAsync("high");
        await Picture.TakeBothAsync(chat, "model-picker");

        await chat.Model.SelectOptionAsync("quick");
        await chat.OpenMannerAsync();
        await Expect(chat.AboutModel).ToBeHiddenAsync();
        await Expect(chat.Effort).ToHaveValueAsync("high");
        await chat.Model.SelectOptionAsync("gpt-4o");
        await chat.OpenMannerAsync();
        await Expect(chat.Effort).ToBeHiddenAsync();
    }

    [Test]
    public async Task A_new_chat_begins_with_the_model_that_was_chosen_last()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        await chat.NewChat.ClickAsync();
        await chat.Model.SelectOptionAsync("quick");

        // The model of a conversation that is only opened was not chosen.
        await chat.Conversations.First.ClickAsync();
        await Expect(chat.Model).ToHaveValueAsync("gpt-4o");
        await chat.NewChat.ClickAsync();
        await Expect(chat.Questions).ToHaveCountAsync(0);
        await Expect(chat.Model).ToHaveValueAsync("quick");
        await user.Page.GotoAsync("/");
        await Expect(chat.Model).ToHaveValueAsync("quick");
    }

    [Test]
    public async Task The_effort_is_sent_and_stays_with_the_conversation()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.Model.SelectOptionAsync("deep");
        await chat.OpenMannerAsync();
        await chat.Effort.SelectOptionAsync("minimal");
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        Assert.That((await RequestAsync(0)).Json.GetProperty("reasoning_effort").GetString(), Is.EqualTo("minimal"));

        await chat.NewChat.ClickAsync();
        await Expect(chat.Effort).ToHaveValueAsync("");
        await Expect(chat.Model).ToHaveValueAsync("deep");
        await chat.Conversations.First.ClickAsync();
        await Expect(chat.Model).ToHaveValueAsync("deep");
        await Expect(chat.Effort).ToHaveValueAsync("minimal");
        await user.Page.ReloadAsync();
        await Expect(chat.Effort).ToHaveValueAsync("minimal");
    }

    [Test]
    public async Task The_page_says_that_another_deployment_answers_and_then_which()
    {
        var gate = new Gate();
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.Model.SelectOptionAsync("deep");
        Answer(AzureErrors.ServiceUnavailable());
        Answer(Script.Start().Wait(gate).Text("Hello").Wait(gate).Finish("stop").Done());
        await chat.SendAsync("Hello");

        await Expect(chat.Answer.Phase).ToHaveTextAsync("Thinking, with another deployment");
        gate.LetOne();
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Writing, with another deployment");
        gate.LetOne();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Figures.Filter(new() { HasText = "deep-west" })).ToHaveCountAsync(1);
    }
}
