using System.Net;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A process that waits for the data folder of another, below a path.</summary>
[CancelAfter(60_000)]
internal sealed class WaitingRoomTests
{
    private readonly string _data = Directory.CreateTempSubdirectory("chatstream-data-").FullName;
    private readonly HttpClient _waiting = new();
    private AppProcess? _first;
    private AppProcess? _second;

    [OneTimeSetUp]
    public async Task StartBothAsync()
    {
        _first = await AppProcess.StartAsync(AppProcess.Built, _data);
        _second = await AppProcess.StartAsync(AppProcess.Built, _data, ("PathBase", "/ask"));
        _waiting.BaseAddress = _second.Address;
    }

    [OneTimeTearDown]
    public async Task StopBothAsync()
    {
        _waiting.Dispose();
        if (_second is not null)
            await _second.DisposeAsync();
        if (_first is not null)
            await _first.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [TestCase("/health/live", HttpStatusCode.OK)]
    [TestCase("/ask/health/live", HttpStatusCode.OK)]
    [TestCase("/health/ready", HttpStatusCode.ServiceUnavailable)]
    [TestCase("/ask/health/ready", HttpStatusCode.ServiceUnavailable)]
    [TestCase("/other/health/live", HttpStatusCode.ServiceUnavailable)]
    public async Task Probes_need_not_know_the_path(string path, HttpStatusCode expected)
    {
        using var response = await _waiting.GetAsync(
            new Uri(path, UriKind.Relative), TestContext.CurrentContext.CancellationToken);

        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    [TestCase("/ask/health/ready", "text/html", "text/plain; charset=utf-8", "Another ChatStream process")]
    [TestCase("/ask/", "text/html", "text/html; charset=utf-8", "<p>Another ChatStream process has the database.")]
    [TestCase("/ask/models", "*/*", "application/problem+json", "\"status\":503,\"detail\":\"Another ChatStream process")]
    [TestCase("/ask/chat/stream?message=Hi", "text/event-stream", "application/problem+json", "\"status\":503,")]
    public async Task Others_are_told_that_it_waits_in_the_form_that_they_ask_for(
        string path, string accept, string type, string words)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", accept } } };
        using var response = await _waiting.SendAsync(request, TestContext.CurrentContext.CancellationToken);

        var body = await response.Content.ReadAsStringAsync(TestContext.CurrentContext.CancellationToken);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo(type));
        Assert.That(body, Does.Contain(words));
        Assert.That(response.Headers.RetryAfter!.ToString(), Is.EqualTo("1"));
        Assert.That(response.Headers.CacheControl!.ToString(), Is.EqualTo("no-store"));
        Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
        Assert.That(response.Headers.GetValues("Referrer-Policy"), Is.EqualTo(new[] { "same-origin" }));
        Assert.That(response.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("default-src 'none'"));
    }
}
