using System.Net;
using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The page without JavaScript.</summary>
internal sealed partial class FormTests : AppTest
{
    private readonly WatchedTime _time = new();

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Services = services => services.AddSingleton<TimeProvider>(_time);
        setup.Settings["Chat:ContextTokens"] = "256";
    }

    [Test]
    public async Task A_form_redirects_to_its_conversation()
    {
        using var response = await SendAsync(("message", "Hello <b>there</b>\r\nagain"));

        Assert.That((int)response.StatusCode, Is.EqualTo(303));
        Assert.That(response.Headers.Location!.OriginalString, Does.Match("^/chat/[A-Za-z0-9_-]{16}$"));
        Assert.That((await AskedAsync()).LastUserMessage, Is.EqualTo("Hello <b>there</b>\nagain"));
        var page = await User.Http.GetStringAsync(response.Headers.Location, Token);
        Assert.That(page, Does.Contain("Hello &lt;b&gt;there&lt;/b&gt;").And.Not.Contain("<b>there"));
    }

    [Test]
    public async Task A_second_form_continues_the_conversation()
    {
        using var first = await SendAsync(("message", "one"));

        using var second = await SendAsync(("message", "two"), ("conversationId", first.Headers.Location!.OriginalString[6..]));

        Assert.That(second.Headers.Location, Is.EqualTo(first.Headers.Location));
        Assert.That((await AskedAsync(1)).Json.GetProperty("messages").GetArrayLength(), Is.EqualTo(3));
    }

    [Test]
    public async Task The_same_form_sent_twice_starts_one_answer([Values] bool atOnce)
    {
        var key = FormKey().Match(await User.Http.GetStringAsync("/", Token)).Groups[1].Value;
        Assert.That(key, Has.Length.EqualTo(16));
        (string, string)[] form = [("message", "Hello"), ("formKey", key)];

        var first = SendAsync(form);
        if (!atOnce)
            await first;
        var both = await Task.WhenAll(first, SendAsync(form));

        Assert.That(both.Select(response => (int)response.StatusCode), Is.All.EqualTo(303));
        Assert.That(both[1].Headers.Location, Is.EqualTo(both[0].Headers.Location));
        Assert.That(Asked, Is.EqualTo(1));
        using var changed = await SendAsync(("message", "Hello!"), ("formKey", key));
        Assert.That(changed.Headers.Location, Is.Not.EqualTo(both[0].Headers.Location), "with another text it is another one");
    }

    [Test]
    public async Task A_slow_answer_is_shown_as_far_as_it_is_and_never_abandoned()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await User.IdentifyAsync();
        var (waits, unread) =
            (_time.NextAsync(TimeSpan.FromSeconds(20), Token), _time.NextAsync(TimeSpan.FromMinutes(15), Token));
        var sending = SendAsync(("message", "Hi"));
        await waits;
        await AskedAsync();

        _time.Advance(TimeSpan.FromSeconds(20));
        using var response = await sending;

        Assert.That((int)response.StatusCode, Is.EqualTo(303));
        await unread;
        var page = await User.Http.GetStringAsync(response.Headers.Location!, Token);
        Assert.That(page, Does.Contain("data-running=\"true\"").And.Match("<meta http-equiv=\"refresh\""));
    }

    [TestCase("", "The message is empty.", 400)]
    [TestCase("   ", "The message is empty.", 400)]
    [TestCase("long", "tokens long; at most 256 fit.", 400)]
    public async Task A_refused_form_shows_the_page_with_the_typed_text(string message, string error, int status)
    {
        if (message == "long")
            message = string.Concat(Enumerable.Repeat("so it is ", 100));

        using var response = await SendAsync(("message", message));

        var page = await response.Content.ReadAsStringAsync(Token);
        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/html"));
        Assert.That(page, Does.Contain(error).And.Contain($">{message}</textarea>"));
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task A_form_for_an_unknown_conversation_shows_the_page_with_the_typed_text()
    {
        using var response = await SendAsync(("message", "Hello"), ("conversationId", "AAAAAAAAAAAAAAAA"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(
            await response.Content.ReadAsStringAsync(Token),
            Does.Contain("This conversation was not found. It may have been deleted.").And.Contain(">Hello</textarea>"));
    }

    [Test]
    public async Task The_page_of_another_users_conversation_is_404_and_reveals_nothing()
    {
        using var sent = await SendAsync(("message", "secret"));
        using var other = App.NewUser();

        using var response = await other.Http.GetAsync(sent.Headers.Location, Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(
            await response.Content.ReadAsStringAsync(Token),
            Does.Not.Contain("secret").And.Contain("This conversation was not found"));
    }

    [Test]
    public async Task The_page_lists_the_users_own_conversations()
    {
        using var sent = await SendAsync(("message", "My first question"));
        using var other = App.NewUser();

        Assert.That(
            await User.Http.GetStringAsync("/", Token),
            Does.Contain($"href=\"{sent.Headers.Location!.OriginalString}\"").And.Contain("My first question"));
        Assert.That(await other.Http.GetStringAsync("/", Token), Does.Not.Contain("My first question"));
    }

    [Test]
    public async Task A_body_that_is_not_a_form_is_refused()
    {
        using var response = await User.Http.PostAsync(
            new Uri("/chat", UriKind.Relative),
            new StringContent("{}", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")), Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(415));
    }

    private Task<HttpResponseMessage> SendAsync(params (string Name, string Value)[] fields) => User.Http.PostAsync(
        new Uri("/chat", UriKind.Relative),
        new FormUrlEncodedContent(fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))), Token);

    [GeneratedRegex("name=\"formKey\" value=\"([^\"]*)\"")]
    private static partial Regex FormKey();
}
