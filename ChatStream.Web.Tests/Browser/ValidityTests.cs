using System.Diagnostics;
using ChatStream.Emulator;
using ChatStream.Web.Providers.Demo;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The Nu HTML checker on each page: as the server sends it, and as the script has made it.</summary>
internal sealed class ValidityTests : BrowserTest
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatstream-pages-").FullName;

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Every_page_is_valid_html()
    {
        Answer(Script.Answer(DemoTexts.Markdown));
        await using var user = await ArriveAsync(path: null);

        await KeepAsync("/", "new");
        await user.Chat.SendAsync("How far is the horizon?");
        await user.Chat.Answer.HasEndedAsync();
        await Expect(user.Chat.Answer.Text.Locator(".katex-display")).ToBeVisibleAsync();
        await File.WriteAllTextAsync(Kept("answered"), await user.Page.ContentAsync(), Timeout);
        var conversation = new Uri(user.Page.Url).AbsolutePath;
        await KeepAsync(conversation, "conversation");
        await user.Chat.SendAsync(new string('x', 100));
        await user.Chat.Answer.HasEndedAsync();
        await user.Chat.MessageAt(0).Edit.ClickAsync();
        await File.WriteAllTextAsync(Kept("editing"), await user.Page.ContentAsync(), Timeout);
        await KeepAsync("/?q=horizon", "search");
        await KeepAsync("/chat/AAAAAAAAAAAAAAAA", "not-found");
        await KeepAsync("/nowhere", "error");
        await KeepAsync("/usage", "usage");
        await KeepAsync("/diagnose", "diagnose");
        var shared = await user.Page.APIRequest.PostAsync(
            $"/conversations{conversation[5..]}/share", new() { DataObject = new { reasoning = true } });
        await KeepAsync("/shares", "shares");
        await KeepAsync((await shared.JsonAsync())!.Value.GetProperty("path").GetString()!, "shared");
        await KeepAsync($"/s/{new string('A', 43)}", "not-shared");
        await user.Page.Context.SetExtraHTTPHeadersAsync([new("Accept-Language", "zh-CN")]);
        await KeepAsync(conversation, "chinese");

        var (said, exitCode) = RealProcess.Run(new ProcessStartInfo(
            RealParts.Java,
            ["-jar", RealParts.Package("vnu-jar", "build", "dist", "vnu.jar"), "--errors-only", "--skip-non-html", _folder]));
        Assert.That((said.Replace(_folder, "", StringComparison.Ordinal), exitCode), Is.EqualTo(("", 0)));

        async Task KeepAsync(string path, string name)
        {
            var response = await user.Page.GotoAsync(path);
            await File.WriteAllTextAsync(Kept($"{name}-sent"), await response!.TextAsync(), Timeout);
            await File.WriteAllTextAsync(Kept(name), await user.Page.ContentAsync(), Timeout);
        }
    }

    [Test]
    public async Task The_second_engine_of_accessibility_finds_a_picture_without_words()
    {
        await using var user = await ArriveAsync(path: null);
        await user.Page.SetContentAsync("<!DOCTYPE html><html lang=en><title>A</title><img src=data:,>");

        Assert.That(await CodeSniffer.ErrorsAsync(user.Page), Has.One.Contains("alt"));
    }

    private string Kept(string name) => Path.Combine(_folder, $"{name}.html");
}
