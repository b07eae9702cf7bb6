using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Tools;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Calls of tools on the page: their panels, and the question whether one may be made.</summary>
internal sealed class ToolPanelTests : BrowserTest
{
    private readonly string _calls = Path.Combine(Path.GetTempPath(), $"chatstream-panels-{Guid.NewGuid():N}");

    private readonly string _pictures = Directory.CreateTempSubdirectory("chatstream-panel-pictures-").FullName;

    [OneTimeTearDown]
    public void DeletePictures() => Directory.Delete(_pictures, recursive: true);

    protected override async Task<ChatApp> StartAppAsync(EmulatorServer emulator)
    {
        var app = await ChatApp.StartAsync(emulator, setup =>
        {
            foreach (var (key, value) in ToolTest.SettingsFor(emulator.Endpoint, _calls))
            {
                if (key.StartsWith("Tools:", StringComparison.Ordinal))
                    setup.Settings[key] = value;
            }
            setup.Settings["AzureOpenAI:Tools"] = "true";
            setup.Settings["Tools:McpServers:faulty:Environment:PICTURES"] = _pictures;
            setup.Settings["Tools:McpServers:tickets:Url"] = "http://127.0.0.1:9/mcp";
            setup.Settings["Tools:McpServers:tickets:OAuth:ClientId"] = "chatstream";
        });
        await ToolTest.ConnectedAsync(app, ["faulty"]);
        return app;
    }

    [SetUp]
    public void ForgetCalls() => File.Delete(_calls);

    [Test]
    public async Task Empty_space_and_much_text_in_the_arguments_do_not_hide_the_question()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        var (blanks, milk) = (new string('\n', 3000), string.Join(' ', Enumerable.Repeat("milk", 3000)));
        var arguments = $$"""{"words":"list my notes"{{blanks}},"more":"{{milk}}"}""";
        Answer(Script.Start().ToolCall(0, arguments, "c", "faulty_write").Finish("tool_calls").Usage(3, 4).Done());
        await chat.SendAsync("Write all of it down");

        await Expect(chat.Answer.Asked.GetByLabel("Arguments")).ToContainTextAsync("list my notes\"␣×3000,\"more\"");
        await ShowsTheQuestionAsync();
        await user.Page.ReloadAsync();
        await Expect(chat.Answer.Asked.GetByLabel("Arguments")).ToContainTextAsync("list my notes\"␣×3000,\"more\"");
        await ShowsTheQuestionAsync();
        await chat.Answer.Asked.GetByRole(AriaRole.Button, new() { Name = "Deny" }).ClickAsync();
        await chat.Answer.HasEndedAsync();

        async Task ShowsTheQuestionAsync()
        {
            var deny = chat.Answer.Asked.GetByRole(AriaRole.Button, new() { Name = "Deny" });
            await deny.ScrollIntoViewIfNeededAsync();
            await Expect(deny).ToBeInViewportAsync();
            await Expect(chat.Answer.Asked.Locator("summary")).ToBeInViewportAsync();
        }
    }

    [Test]
    public async Task A_call_asks_shows_its_arguments_and_runs_once_it_is_allowed_by_keyboard()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        Answer(Script.Start().Text("I write it down.").ToolCall(0, """{"words":"<b>milk</b>"}""", "c", "faulty_write")
            .Finish("tool_calls").Usage(3, 4).Done());
        Answer(Script.Start().Text("It is written.").Finish("stop").Usage(5, 6).Done());
        await chat.SendAsync("Write it down");

        await Expect(chat.Answer.Asked.Locator("summary")).ToHaveTextAsync("May “faulty_write” be called?");
        await Expect(chat.Announcement).ToHaveTextAsync("May “faulty_write” be called?");
        await Expect(chat.Answer.Asked.GetByLabel("Arguments")).ToHaveTextAsync("""{"words":"<b>milk</b>"}""");
        await Picture.TakeBothAsync(chat, "tool-asked");
        Assert.That((await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help}"), Is.Empty);

        // The question is still there after a reload, and on a second tab.
        await page.ReloadAsync();
        var second = await page.Context.NewPageAsync();
        var other = await ChatPageObject.OpenAsync(second, new Uri(page.Url).PathAndQuery);
        await Expect(other.Answer.Asked.GetByRole(AriaRole.Button, new() { Name = "Deny" })).ToBeVisibleAsync();
        var allow = chat.Answer.Asked.GetByRole(AriaRole.Button, new() { Name = "Allow once" });
        await Expect(chat.Answer.Asked).ToBeVisibleAsync();
        await allow.FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        foreach (var each in new[] { chat, other })
        {
            await Expect(each.Answer.Text).ToHaveTextAsync("I write it down.It is written.");
            await Expect(each.Answer.Tools.Locator("summary")).ToHaveTextAsync("Called “faulty_write”");
            await Expect(each.Answer.Asked).ToHaveCountAsync(0);
        }
        await chat.Answer.HasEndedAsync();
        Assert.That(await File.ReadAllLinesAsync(_calls), Has.Length.EqualTo(1));

        // The panel is closed, opens by keyboard, and shows the same from the server.
        await page.ReloadAsync();
        var panel = chat.Answer.Tools;
        await Expect(panel.GetByLabel("Result")).ToBeHiddenAsync();
        await panel.Locator("summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(panel.GetByLabel("Result")).ToHaveTextAsync("written: <b>milk</b>");
        Assert.That(await panel.Locator("b").CountAsync(), Is.Zero);
        await Picture.TakeBothAsync(chat, "tool-done");
        Assert.That((await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help}"), Is.Empty);
    }

    [Test]
    public async Task A_server_that_needs_permission_has_a_link_to_where_it_is_given()
    {
        Answer(Script.Start().ToolCall(0, "{}", "c", "tickets_permission").Finish("tool_calls").Usage(3, 4).Done());
        Answer(Script.Answer("I cannot see your tickets yet."));
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await chat.SendAsync("My tickets?");
        await chat.Answer.HasEndedAsync();

        for (var i = 0; i < 2; i++)
        {
            var panel = chat.Answer.Tools;
            await Expect(panel).ToContainTextAsync("This tool server needs your permission.");
            var link = panel.GetByRole(AriaRole.Link, new() { Name = "Give permission" });
            await Expect(link).ToBeVisibleAsync();
            var id = await chat.Answer.Article.GetAttributeAsync("data-message-id");
            await Expect(link).ToHaveAttributeAsync("href", $"/tools/tickets/authorize?answer={id}");
            Assert.That((await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help}"), Is.Empty);
            await Picture.TakeBothAsync(chat, $"tool-permission{(i == 1 ? "-again" : "")}");
            await page.ReloadAsync();
        }
        await page.GotoAsync(new Uri(new Uri(page.Url), "/settings").ToString());
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Give permission" })).ToHaveAttributeAsync(
            "href", "/tools/tickets/authorize");
        Assert.That((await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help}"), Is.Empty);
    }

    [Test]
    public async Task An_image_of_a_result_is_shown_in_the_panel()
    {
        await File.WriteAllBytesAsync(Path.Combine(_pictures, "red"), Files.Pictures.Png(60, 40));
        Answer(Script.Start().ToolCall(0, """{"words":"red"}""", "c", "faulty_picture").Finish("tool_calls").Usage(3, 4).Done());
        Answer(Script.Answer("Here it is."));
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await chat.SendAsync("Draw");
        await chat.Answer.HasEndedAsync();

        for (var i = 0; i < 2; i++)
        {
            var image = chat.Answer.Tools.GetByRole(AriaRole.Img, new() { Name = "Image 1 of the result" });
            await Expect(image).ToBeVisibleAsync();
            Assert.That(await image.EvaluateAsync<int>("image => image.decode().then(() => image.naturalWidth)"), Is.EqualTo(60));
            await Expect(chat.Answer.Tools.Locator(".files")).ToHaveCSSAsync("display", "flex");
            Assert.That((await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help}"), Is.Empty);
            await page.ReloadAsync();
        }
    }

    [Test]
    public async Task Without_script_a_call_is_decided_by_a_form()
    {
        Answer(Script.Start().ToolCall(0, """{"words":"milk"}""", "c", "faulty_write")
            .Finish("tool_calls").Usage(3, 4).Done());
        Answer(Script.Start().Text("It is written.").Finish("stop").Usage(5, 6).Done());
        await using var user = await ArriveAsync(javaScript: false);
        await user.Chat.Message.FillAsync("Write it down");
        await user.Chat.BeginToSendAsync();
        await RequestAsync(0);

        // The form waits for the answer. Another tab shows the question.
        var tab = await user.NewTabAsync("/");
        await tab.Conversations.ClickAsync();
        await Expect(tab.Answer.Asked.GetByRole(AriaRole.Button)).ToHaveTextAsync(
            ["Allow once", "Allow in this conversation", "Deny"]);
        await tab.Answer.Asked.GetByRole(AriaRole.Button, new() { Name = "Allow once" }).ClickAsync();

        await Expect(tab.Answer.Text).ToHaveTextAsync("It is written.");
        await Expect(tab.Answer.Tools.Locator("summary")).ToHaveTextAsync("Called “faulty_write”");
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync("It is written.");
        Assert.That(await File.ReadAllLinesAsync(_calls), Has.Some.Contains("milk"));
    }

    [Test]
    public async Task A_call_may_be_denied_or_allowed_for_the_conversation_and_a_stopped_one_says_so()
    {
        await using var user = await ArriveAsync(locale: "zh-CN");
        var chat = user.Chat;
        var ask = Script.Start().ToolCall(0, """{"words":"x"}""", "c", "faulty_write").Finish("tool_calls").Done();
        var field = user.Page.Locator("#message");

        Answer(ask);
        Answer(Script.Answer("Denied."));
        await field.FillAsync("One");
        await field.PressAsync("Enter");
        await chat.Answer.Asked.GetByRole(AriaRole.Button, new() { Name = "拒绝" }).ClickAsync();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Tools.Locator("summary")).ToHaveTextAsync("“faulty_write”未获允许");
        await Picture.TakeBothAsync(chat, "tool-denied-zh");

        Answer(ask);
        Answer(Script.Answer("Allowed."));
        await field.FillAsync("Two");
        await field.PressAsync("Enter");
        await chat.Answer.Asked.GetByRole(AriaRole.Button, new() { Name = "在此对话中允许" }).ClickAsync();
        await chat.Answer.HasEndedAsync();
        Answer(ask);
        Answer(Script.Answer("Unasked."));
        await field.FillAsync("Three");
        await field.PressAsync("Enter");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Unasked.");
        Assert.That(await File.ReadAllLinesAsync(_calls), Has.Length.EqualTo(2));

        Answer(Script.Start().ToolCall(0, "{}", "c", "faulty_hang").Finish("tool_calls").Done());
        await field.FillAsync("Four");
        await field.PressAsync("Enter");
        await Expect(chat.Answer.Tools.Locator("summary")).ToHaveTextAsync("正在调用“faulty_hang”");
        await chat.Stop.ClickAsync();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Tools.Locator("summary")).ToHaveTextAsync("“faulty_hang”失败");
        await user.Page.ReloadAsync();
        await Expect(chat.Answer.Tools.Locator("summary")).ToHaveTextAsync("“faulty_hang”失败");
    }
}
