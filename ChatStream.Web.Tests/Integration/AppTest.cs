using System.Collections.Concurrent;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>
/// The base of the tests over a real socket. A fixture has one app and one emulated model; each test is a new user.
/// The message selects the script of the model, so a failed test leaves no script behind for the next one.
/// </summary>
[CancelAfter(60_000)]
internal abstract class AppTest
{
    private readonly ConcurrentDictionary<string, Script> _scripts = new();
    private int _askedBefore;

    protected EmulatorServer Emulator { get; private set; }

    protected ChatApp App { get; private set; }

    protected ChatClient User { get; private set; }

    protected static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    /// <summary>The number of requests to the model in this test.</summary>
    protected int Asked => Emulator.Requests.Count - _askedBefore;

    [OneTimeSetUp]
    public async Task StartAppAsync()
    {
        await PrepareAsync();
        Emulator = await EmulatorServer.StartAsync();
        // The messages before it that have no answer come with it, as one.
        Emulator.On(request => _scripts.GetValueOrDefault(request.LastUserMessage)
            ?? _scripts.GetValueOrDefault(request.LastUserMessage.Split("\n\n")[^1]));
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

    /// <summary>Runs before the app starts.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    protected virtual void Configure(ChatApp.Setup setup)
    {
    }

    /// <summary>Sets the answer of the model to this message. It repeats any other message.</summary>
    protected void Answers(string message, Script script) => _scripts[message] = script;

    /// <summary>Waits for the request to the model with this index, counted from the start of the test.</summary>
    protected Task<EmulatedRequest> AskedAsync(int index = 0) => Emulator.RequestAsync(_askedBefore + index, Token);

    /// <summary>Restarts the app on the same data. The user keeps the cookies.</summary>
    protected async Task RestartAsync()
    {
        await App.RestartAsync();
        var cookies = User.Cookies;
        User.Dispose();
        User = new ChatClient(App.Address, cookies);
    }
}
