using System.Collections.Concurrent;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Playwright;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// The base of the tests of the page. The tests of a class share one app and one model. Each test has its own users and
/// decides what the model answers.
/// </summary>
[CancelAfter(240_000)]
internal abstract class BrowserTest
{
    /// <summary>Browsers log this line for every lost connection and for every response other than 200.</summary>
    private const string FailedLoad = "Failed to load resource";

    private readonly ConcurrentQueue<Script> _scripts = [];
    private readonly ConcurrentDictionary<string, Script> _scriptsOf = new(StringComparer.Ordinal);
    private readonly List<BrowserUser> _users = [];
    private EmulatorServer _emulator = null!;
    private int _earlier;

    protected ChatApp App { get; private set; } = null!;

    protected static CancellationToken Timeout => TestContext.CurrentContext.CancellationToken;

    /// <summary>The requests of this test to the model.</summary>
    protected IReadOnlyList<EmulatedRequest> Requests => [.. _emulator.Requests.Skip(_earlier)];

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _emulator = await EmulatorServer.StartAsync();
        _emulator.On(request => _scriptsOf.TryRemove(request.Deployment, out var own) ? own
            : _scripts.TryDequeue(out var script) ? script : null);
        App = await StartAppAsync(_emulator);
        Assertions.SetDefaultExpectTimeout(30_000);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        // The app is missing if the set-up skipped the fixture.
        if (App is not null)
            await App.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    [SetUp]
    public void Begin()
    {
        _scripts.Clear();
        _scriptsOf.Clear();
        _users.Clear();
        _earlier = _emulator.Requests.Count;
    }

    [TearDown]
    public void No_script_of_the_page_failed() =>
        Assert.That(
            _users.SelectMany(user => user.Errors).Where(error => !error.StartsWith(FailedLoad, StringComparison.Ordinal)),
            Is.Empty);

    protected virtual Task<ChatApp> StartAppAsync(EmulatorServer emulator) =>
        ChatApp.StartAsync(emulator, setup => setup.Settings["AllowedHosts"] = Chromium.LanHost);

    /// <summary>Sets the answer of the model to the next request.</summary>
    protected void Answer(Script script) => _scripts.Enqueue(script);

    /// <summary>Sets the answer to the next request to a deployment: requests that are sent at once come in any order.</summary>
    protected void Answer(string deployment, Script script) => _scriptsOf[deployment] = script;

    /// <summary>Waits for the request with this index, counted from the start of the test.</summary>
    protected Task<EmulatedRequest> RequestAsync(int index) => _emulator.RequestAsync(_earlier + index, Timeout);

    protected async Task<BrowserUser> ArriveAsync(
        Uri? address = null, string? path = "/", ViewportSize? viewport = null, bool dark = false, bool javaScript = true,
        string locale = "en-GB", string? timeZone = null)
    {
        var user = await BrowserUser.ArriveAsync(address ?? App.Address, path, viewport, dark, javaScript, locale, timeZone);
        _users.Add(user);
        return user;
    }
}
