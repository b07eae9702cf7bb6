using System.Runtime.CompilerServices;
using System.Text;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The pictures of the README, taken of the demo model in mid-answer: run it by its name to take them anew.</summary>
[Explicit("It writes docs/images")]
internal sealed class DocumentationPictures
{
    private static string Folder => Directory.CreateDirectory(Path.Combine(Repository.Root, "docs", "images")).FullName;

    [Test]
    public async Task Desktop()
    {
        await using var app = await StartAsync();
        await using var user = await BrowserUser.ArriveAsync(app.Address);
        await AskBeforeAsync(user);
        await PictureAsync(user, "chat.png");
    }

    [Test]
    public async Task Dark_phone()
    {
        await using var app = await StartAsync();
        await using var user =
            await BrowserUser.ArriveAsync(app.Address, viewport: new() { Width = 375, Height = 740 }, dark: true);
        await PictureAsync(user, "chat-dark-phone.png");
    }

    /// <summary>An answer to a question about two files: the demo model says what it was given.</summary>
    [Test]
    public async Task Files()
    {
        await using var app = await ChatApp.StartAsync();
        await using var user = await BrowserUser.ArriveAsync(app.Address, viewport: new() { Width = 960, Height = 860 });
        var picture = await File.ReadAllBytesAsync(Path.Combine(Folder, "chat.png"));
        await user.Chat.FileInput.SetInputFilesAsync(new FilePayload[]
        {
            new() { Name = "chat.png", MimeType = "image/png", Buffer = picture },
            new() { Name = "prices.csv", MimeType = "text/csv", Buffer = "tea,3.20\ncoffee,4.10\ncake,5.00\n"u8.ToArray() },
        });
        await Expect(user.Chat.Attached).ToHaveCountAsync(2);
        await user.Chat.SendAsync("What is in the picture, and what does tea cost?");
        await user.Chat.Answer.HasEndedAsync();
        await user.Page.EvaluateAsync("() => scrollTo(0, 0)");
        await user.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, "files.png") });
    }

    private static async Task PictureAsync(BrowserUser user, string file)
    {
        await user.Chat.SendAsync(PausingClient.Question);
        await Expect(user.Chat.Answer.Text).ToContainTextAsync(PausingClient.LastWord, new() { Timeout = 30_000 });
        await Expect(user.Chat.Answer.Text.Locator(".katex-display")).ToBeVisibleAsync();
        await user.Page.EvaluateAsync("() => document.fonts.ready.then(() => {})");
        await user.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, file) });
    }

    private static Task<ChatApp> StartAsync() => ChatApp.StartAsync(setup => setup.Services = services =>
    {
        var demo = services.Last(service => service.ServiceType == typeof(IChatClient)).ImplementationFactory!;
        services.AddSingleton<IChatClient>(provider => new PausingClient((IChatClient)demo(provider)));
    });

    // So that the list of conversations has something to show.
    private static async Task AskBeforeAsync(BrowserUser user)
    {
        foreach (
            var message in new[]
            {
                "Explain the retry budget to a new colleague", "Compare SSE and WebSockets for streaming answers",
                "Draft a release note for version 2.4",
            })
        {
            await user.Page.GotoAsync("/");
            await user.Chat.SendAsync(message);
            await Expect(user.Chat.Conversations).ToContainTextAsync([message]);
            await user.Chat.Stop.ClickAsync();
            await user.Chat.Answer.HasEndedAsync();
        }
        await user.Page.GotoAsync("/");
    }

    /// <summary>The demo model, showing what Markdown can do and holding its pose for the picture.</summary>
    private sealed class PausingClient(IChatClient demo) : DelegatingChatClient(demo)
    {
        public const string Question = "How far is the horizon?";

        public const string LastWord = "radius_km * height_m";

        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var text = new StringBuilder();
            IEnumerable<ChatMessage> asked = messages.Last().Text == Question ? [new ChatMessage(ChatRole.User, "/markdown")]
                : messages;
            await foreach (var update in base.GetStreamingResponseAsync(asked, options, cancellationToken))
            {
                yield return update;
                if (text.Append(update.Text).ToString().EndsWith(LastWord, StringComparison.Ordinal))
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
        }
    }
}
