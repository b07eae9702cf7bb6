using System.Collections.Concurrent;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>
/// One app over one emulator for the fixture, another browser for each test. Scripts are chosen by the message, so that a test
/// that fails leaves nothing behind for the next one.
/// </summary>
[CancelAfter(30_000)]
internal abstract class AppTest
{
    private readonly ConcurrentDictionary<string, Script> _scripts = new();
    private int _askedBefore;

    protected EmulatorServer Emulator { get; private set; }

    protected ChatApp App { get; private set; }

    protected ChatClient User { get; private set; }

    protected static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    /// <summary>How often the model was asked in this test.</summary>
    protected int Asked => Emulator.Requests.Count - _askedBefore;

    [OneTimeSetUp]
    public async Task StartAppAsync()
    {
        await PrepareAsync();
        Emulator = await EmulatorServer.StartAsync();
        Emulator.On(request => _scripts.GetValueOrDefault(request.LastUserMessage));
        App = await ChatApp.StartAsync(Emulator, Configure);
    }

    [OneTimeTearDown]
    public async Task StopAppAsync()
    {
        if (App is not null)
            await App.DisposeAsync();
        if (Emulator is not null)
            await Emulator.DisposeAsync();
    }

    [SetUp]
    public void NewUser()
    {
        User = App.NewUser();
        _scripts.Clear();
        _askedBefore = Emulator.Requests.Count;
    }

    [TearDown]
    public void DropUser() => User.Dispose();

    /// <summary>What must be there before the app is.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    protected virtual void Configure(ChatApp.Setup setup)
    {
    }

    /// <summary>What the model answers to this message; to any other it repeats it.</summary>
    protected void Answers(string message, Script script) => _scripts[message] = script;

    /// <summary>The test's n-th request to the model, once it has arrived.</summary>
    protected Task<EmulatedRequest> AskedAsync(int index = 0) => Emulator.RequestAsync(_askedBefore + index, Token);

    /// <summary>Another life of the app on the same data; the user is the same browser.</summary>
    protected async Task RestartAsync()
    {
        await App.RestartAsync();
        var cookies = User.Cookies;
        User.Dispose();
        User = new ChatClient(App.Address, cookies);
    }
}
