using System.Net.Http.Headers;
using ChatStream.Web.Answers;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A browser that asks for a page gets an error as a page. A program gets it as a problem.</summary>
internal sealed class ErrorPageTests : AppTest
{
    private const string Browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    private const string NoId = "AAAAAAAAAAAAAAAA";

    /// <summary>Its answer cannot be read, for an unexpected reason.</summary>
    private const string Broken = "BBBBBBBBBBBBBBBB";

    protected override void Configure(ChatApp.Setup setup) => setup.Services = services =>
        services.AddSingleton<IAnswerLookup, BrokenLookup>();

    private static IEnumerable<TestCaseData> Errors()
    {
        static TestCaseData Case(int status, string request, string words) =>
            new TestCaseData(status, request, words).SetArgDisplayNames($"{status} {request}");

        yield return Case(403, "POST /preferences Sec-Fetch-Site", "This is not allowed");
        yield return Case(401, "GET / Authorization", "This is not allowed");
        yield return Case(404, "GET /nowhere", "There is no page at this address");
        yield return Case(404, $"GET /conversations/{NoId}/export", "There is no page at this address");
        yield return Case(405, "POST /", "There is no page at this address");
        yield return Case(400, "GET /conversations?limit=0", "The server could not understand this request");
        yield return Case(414, $"GET /chat/stream?message={new string('a', 8 * 1024)}", "This request is too large");
        yield return Case(500, $"GET /chat/stream/{Broken}", "Something went wrong on the server");
    }

    [TestCaseSource(nameof(Errors))]
    public async Task A_browser_gets_a_page(int status, string request, string words)
    {
        using var response = await SendAsync(request, status == 500 ? "text/html, application/json;q=0.9" : Browser);

        var page = await response.Content.ReadAsStringAsync(Token);
        Assert.That((int)response.StatusCode, Is.EqualTo(status), page);
        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/html; charset=utf-8"));
        Assert.That(page, Does.Contain($"<h1>{words}</h1>").And.Contain("<title>").And.Contain("href=\"/\""));
        Assert.That(response.Headers.CacheControl!.NoStore);
        Assert.That(response.Headers.GetValues("Content-Security-Policy"), Has.Exactly(1).Items);
    }

    [TestCaseSource(nameof(Errors))]
    public async Task A_program_gets_a_problem(int status, string request, string words)
    {
        foreach (var accept in new[] { "*/*", "application/json" })
        {
            using var response = await SendAsync(request, accept);

            var body = await response.Content.ReadAsStringAsync(Token);
            if (status == 500 && accept == "*/*")
                continue; // attaches
            Assert.That((int)response.StatusCode, Is.EqualTo(status), body);
            Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/problem+json"), accept);
            Assert.That(body, Does.StartWith("{").And.Contain($"\"status\":{status}").And.Not.Contain(words));
            Assert.That(response.Headers.GetValues("Content-Security-Policy"), Has.Exactly(1).Items);
            Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
        }
    }

    [Test]
    public async Task A_browser_gets_a_page_when_the_database_fails()
    {
        await using var app = await ChatApp.StartAsync(Emulator);
        using var user = app.NewUser();
        await app.Services.GetRequiredService<IChatDatabase>()
            .WriteAsync(default, db => db.Database.ExecuteSqlRawAsync("ALTER TABLE Conversations RENAME TO Gone", Token));
        user.Http.DefaultRequestHeaders.Add("Accept", Browser);

        using var response = await user.Http.GetAsync("/", Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(503));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/html"));
        Assert.That(await response.Content.ReadAsStringAsync(Token), Does.Contain("<h1>").And.Not.Contain("no such table"));
    }

    [Test]
    public async Task A_client_of_events_gets_a_problem()
    {
        using var response = await SendAsync("GET /nowhere", "text/event-stream");

        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/problem+json"));
        Assert.That(await response.Content.ReadAsStringAsync(Token), Is.EqualTo(
            """{"type":"about:blank","title":"Not Found","status":404}"""));
    }

    [TestCase("text/html")]
    [TestCase("TEXT/HTML;q=0.1")]
    public async Task Html_alone_is_no_form_of_an_answer(string accept)
    {
        using var response = await SendAsync("GET /chat/stream?message=Hi", accept);

        Assert.That((int)response.StatusCode, Is.EqualTo(406));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/html"));
        Assert.That(Asked, Is.Zero);
    }

    [TestCase("text/html;q=0")]
    [TestCase("text/*")]
    [TestCase("application/json, text/html;q=0.9")]
    [TestCase("text/html;q=0.4, application/problem+json;q=0.5")]
    [TestCase("text/html;q=0.7, */*")]
    public async Task Html_must_be_named_and_wanted(string accept)
    {
        using var response = await SendAsync("GET /nowhere", accept);

        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
    }

    [Test]
    public async Task A_post_that_is_no_form_is_a_programs()
    {
        using var request = ChatClient.PostRaw("{}");
        request.Headers.Add("Accept", "text/html");
        using var response = await User.Http.SendAsync(request, Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(406));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
    }

    [Test]
    public async Task A_form_that_is_too_large_comes_back_as_the_page()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/chat") { Headers = { { "Accept", Browser } } };
        request.Content = new FormUrlEncodedContent([new("message", new string('a', 1024 * 1024))]);
        using var response = await User.Http.SendAsync(request, Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(413));
        Assert.That(await response.Content.ReadAsStringAsync(Token), Does.Contain("The message is larger than 1,048,576 bytes."));
    }

    [Test]
    public async Task A_head_has_the_status_and_no_body()
    {
        using var response = await SendAsync("HEAD /nowhere", Browser);

        Assert.That((int)response.StatusCode, Is.EqualTo(404));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/html"));
        Assert.That(await response.Content.ReadAsStringAsync(Token), Is.Empty);
    }

    [TestCase("GET /nowhere", "此地址没有页面")]
    [TestCase($"GET /chat/stream/{Broken}", "服务器出错了")]
    public async Task The_page_is_in_the_users_language(string request, string words)
    {
        User.Http.DefaultRequestHeaders.AcceptLanguage.Add(new StringWithQualityHeaderValue("zh-CN"));

        using var response = await SendAsync(request, "text/html, application/json;q=0.9");

        Assert.That(await response.Content.ReadAsStringAsync(Token), Does.Contain(words).And.Contain("<html lang=\"zh-Hans\""));
    }

    /// <param name="request">A method, a path, and maybe the header that makes it wrong.</param>
    /// <param name="accept">The value of <c>Accept</c>.</param>
    private Task<HttpResponseMessage> SendAsync(string request, string accept)
    {
        var parts = request.Split(' ');
        var message = new HttpRequestMessage(new HttpMethod(parts[0]), parts[1]);
        message.Headers.Add("Accept", accept);
        if (parts is [_, _, "Sec-Fetch-Site"])
            message.Headers.Add("Sec-Fetch-Site", "cross-site");
        if (parts is [_, _, "Authorization"])
            message.Headers.Add("Authorization", "Bearer wrong");
        if (message.Method == HttpMethod.Post)
            message.Content = new FormUrlEncodedContent([new("theme", "dark")]);
        return User.Http.SendAsync(message, Token);
    }

    private sealed class BrokenLookup(AnswerLookup answers) : IAnswerLookup
    {
        public Task<Attachment> AttachAsync(Owner owner, string id, FrameId? after, CancellationToken readerGone) =>
            answers.AttachAsync(owner, id, after, readerGone);

        public Task<Answer> FindAsync(Owner owner, string id, CancellationToken cancellationToken) =>
            id == Broken ? throw new InvalidOperationException("broken") : answers.FindAsync(owner, id, cancellationToken);

        public Task<Answer> FindStartedAsync(Owner owner, string id, CancellationToken cancellationToken) =>
            answers.FindStartedAsync(owner, id, cancellationToken);

        public Task UpdateRunningAsync(Owner owner, IEnumerable<Message> messages, CancellationToken cancellationToken) =>
            answers.UpdateRunningAsync(owner, messages, cancellationToken);
    }
}
