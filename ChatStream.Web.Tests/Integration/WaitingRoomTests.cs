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
}
