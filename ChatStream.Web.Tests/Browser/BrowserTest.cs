using System.Collections.Concurrent;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Playwright;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// One app and one model for all tests of a class; each test has users of its own, and says what the model answers. Pages wait
/// more than they work, so classes run beside each other.
/// </summary>
[CancelAfter(90_000)]
[Parallelizable(ParallelScope.Self)]
internal abstract class BrowserTest
{
    /// <summary>What browsers write down for every response that is none of 200, and for every lost connection.</summary>
    private const string FailedLoad = "Failed to load resource";

    private readonly ConcurrentQueue<Script> _scripts = [];
    private readonly List<BrowserUser> _users = [];
    private EmulatorServer _emulator = null!;
    private int _earlier;

    protected ChatApp App { get; private set; } = null!;

    protected static CancellationToken Timeout => TestContext.CurrentContext.CancellationToken;

    /// <summary>What this test has asked the model for.</summary>
    protected IReadOnlyList<EmulatedRequest> Requests => [.. _emulator.Requests.Skip(_earlier)];

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _emulator = await EmulatorServer.StartAsync();
        _emulator.On(_ => _scripts.TryDequeue(out var script) ? script : null);
        App = await StartAppAsync(_emulator);
        Assertions.SetDefaultExpectTimeout(30_000);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        // A test that was skipped in the set-up has none.
        if (App is not null)
            await App.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    [SetUp]
    public void Begin()
    {
        _scripts.Clear();
        _users.Clear();
        _earlier = _emulator.Requests.Count;
    }

    [TearDown]
    public void No_script_of_the_page_failed() =>
        Assert.That(_users.SelectMany(user => user.Errors).Where(error => !error.StartsWith(FailedLoad, StringComparison.Ordinal)), Is.Empty);

    protected virtual Task<ChatApp> StartAppAsync(EmulatorServer emulator) => ChatApp.StartAsync(emulator);

    /// <summary>What the model answers to the next request.</summary>
    protected void Answer(Script script) => _scripts.Enqueue(script);

    /// <summary>The test's request of that index, once it has arrived.</summary>
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
