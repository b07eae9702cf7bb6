using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Tools;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The pictures of docs/tools.md: run it by its name to take them anew.</summary>
[Explicit("It writes docs/images")]
internal sealed class DocumentationToolPictures : BrowserTest
{
    private const string Chart = """
        <style>
            body { margin: 0; padding: 24px; height: 220px; display: flex; gap: 24px; align-items: end; font: 14px sans-serif }
            div { width: 72px; background: #0f6b66; color: #fff; text-align: center }
        </style>
        <div style="height: 96px">Mon 48</div>
        <div style="height: 140px">Tue 70</div>
        <div style="height: 82px">Wed 41</div>
        <div style="height: 190px; background: #c2571a">Thu 95</div>
        <div style="height: 118px">Fri 59</div>
        """;

    private readonly string _pictures = Directory.CreateTempSubdirectory("chatstream-drawn-").FullName;

    private static string Folder => Path.Combine(Repository.Root, "docs", "images");

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_pictures, recursive: true);

    protected override async Task<ChatApp> StartAppAsync(EmulatorServer emulator)
    {
        var app = await ChatApp.StartAsync(emulator, setup =>
        {
            setup.Settings["AzureOpenAI:Tools"] = "true";
            setup.Settings["Conversations:ModelTitles"] = "false";
            foreach (var server in new[] { "notes", "charts" })
            {
                var key = $"Tools:McpServers:{server}";
                setup.Settings[$"{key}:Command"] = RealParts.NodeWithPackages;
                setup.Settings[$"{key}:Arguments:0"] =
                    Path.Combine(Repository.Tests, "Integration", "Tools", "faulty-server.mjs");
                setup.Settings[$"{key}:Environment:PICTURES"] = _pictures;
            }
            setup.Settings["Tools:McpServers:tickets:Url"] = "http://127.0.0.1:9/mcp";
            setup.Settings["Tools:McpServers:tickets:OAuth:ClientId"] = "chatstream";
        });
        await ToolTest.ConnectedAsync(app, ["notes", "charts"]);
        return app;
    }

    [Test]
    public async Task A_call_that_asks()
    {
        Answer(Script.Start().Text("I will add that to your notes.")
            .ToolCall(0, """{"words":"Release 2.4 on Thursday; Ada writes the notes"}""", "c", "notes_write").Finish("tool_calls")
            .Done());
        await using var user = await AskAsync("Write down: we release 2.4 on Thursday, and Ada writes the notes");
        await Expect(user.Chat.Answer.Asked).ToBeVisibleAsync();
        await TakeAsync(user, "tool.png");
        await user.Chat.Stop.ClickAsync();
        await user.Chat.Answer.HasEndedAsync();
    }

    [Test]
    public async Task A_server_that_needs_permission()
    {
        Answer(Script.Start().ToolCall(0, "{}", "c", "tickets_permission").Finish("tool_calls").Done());
        Answer(Script.Answer("I cannot see your tickets yet. Give your permission above, and ask me again."));
        await using var user = await AskAsync("Which of my tickets are due this week?");
        await user.Chat.Answer.HasEndedAsync();
        await Expect(user.Chat.Answer.Tools.GetByRole(AriaRole.Link)).ToBeVisibleAsync();
        await TakeAsync(user, "tool-permission.png");
    }

    [Test]
    public async Task An_image()
    {
        Answer(Script.Start().ToolCall(0, """{"words":"week"}""", "c", "charts_picture").Finish("tool_calls").Done());
        Answer(Script.Answer("Thursday was the busiest day, with 95 requests. That is more than twice as many as on Wednesday."));
        await using var user = await ArriveAsync(viewport: new() { Width = 960, Height = 640 });
        var paper = await user.Page.Context.NewPageAsync();
        await paper.SetViewportSizeAsync(520, 268);
        await paper.SetContentAsync(Chart);
        await paper.ScreenshotAsync(new() { Path = Path.Combine(_pictures, "week"), Type = ScreenshotType.Png });
        await paper.CloseAsync();
        await user.Chat.SendAsync("Which day was the busiest this week?");
        await user.Chat.Answer.HasEndedAsync();
        await user.Chat.Answer.Tools.Locator("img").EvaluateAsync("image => image.decode()");
        await TakeAsync(user, "tool-image.png");
    }

    private async Task<BrowserUser> AskAsync(string message)
    {
        var user = await ArriveAsync(viewport: new() { Width = 960, Height = 560 });
        await user.Chat.SendAsync(message);
        return user;
    }

    private static async Task TakeAsync(BrowserUser user, string name)
    {
        await user.Page.EvaluateAsync("() => document.fonts.ready.then(() => scrollTo(0, 0))");
        await user.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, name) });
    }
}
