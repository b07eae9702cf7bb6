using ChatStream.Emulator;
using ChatStream.Web.Storage;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>The running app on a real Kestrel socket, with a data folder of its own.</summary>
internal sealed class ChatApp : IAsyncDisposable
{
    private readonly Setup _setup;
    private Factory _factory;
    private IAsyncDisposable _database = null!;
    private bool _isStopped;

    private ChatApp(Setup setup) => (_setup, _factory) = (setup, new Factory(setup));

    public Uri Address => _factory.ClientOptions.BaseAddress;

    public IServiceProvider Services => _factory.Services;

    public string DataFolder => _setup.DataFolder;

    public static Task<ChatApp> StartAsync(Action<Setup>? configure = null)
    {
        var setup = new Setup();
        configure?.Invoke(setup);
        var app = new ChatApp(setup);
        app.Start();
        return Task.FromResult(app);
    }

    /// <summary>Started with three settings, as the README says, whose deployment is the emulator.</summary>
    public static Task<ChatApp> StartAsync(EmulatorServer emulator, Action<Setup>? configure = null) => StartAsync(setup =>
    {
        setup.Settings["AzureOpenAI:Endpoint"] = emulator.Endpoint.ToString();
        setup.Settings["AzureOpenAI:Deployment"] = "gpt-4o";
        setup.Settings["AzureOpenAI:ApiKey"] = "emulator-key";
        configure?.Invoke(setup);
    });

    /// <summary>A client with a cookie jar of its own: another browser.</summary>
    public ChatClient NewUser() => new(Address);

    /// <summary>Ends the app as a stop does and starts it again on the same data, at another port.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        _factory = new Factory(_setup);
        Start();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        await StopAsync();
        Directory.Delete(_setup.DataFolder, recursive: true);
    }

    private void Start()
    {
        _factory.StartServer();
        _database = (IAsyncDisposable)_factory.Services.GetRequiredService<IChatDatabase>();
    }

    private async Task StopAsync()
    {
        await _factory.DisposeAsync();
        // The app's own thread may have begun the disposal, and then the factory does not wait for it.
        await _database.DisposeAsync();
    }

    internal sealed class Setup
    {
        public string DataFolder { get; } = Directory.CreateTempSubdirectory("chatstream-").FullName;

        public Dictionary<string, string> Settings { get; } = new()
        {
            ["Generation:DrainFor"] = "00:00:00",
            ["Failover:LongestCoolDown"] = "00:00:00", // the tests of a fixture share a deployment, and many let it fail
            ["Conversations:ModelTitles"] = "false", // a request more, which tests that count them do not expect
            ["Limits:RunningPerUser"] = "1000",
            ["Limits:Running"] = "1000",
            ["Limits:StartsPerMinute"] = "10000",
            ["Limits:RunningPerAddress"] = "1000",
            ["Limits:StartsPerMinutePerAddress"] = "10000",
            ["Limits:StartsPerMinuteInAll"] = "10000",
            ["Limits:ImportsAtOnce"] = "1000",
            ["Limits:ImportsAtOncePerAddress"] = "1000",
            ["Limits:ImportsPerMinute"] = "10000",
            ["Limits:ImportsPerMinutePerAddress"] = "10000",
            ["Limits:IdentitiesPerMinutePerAddress"] = "10000",
        };

        /// <summary>Replaces services, after the app's own registrations.</summary>
        public Action<IServiceCollection> Services { get; set; } = _ => { };

        /// <summary>Whether checkpoints and all that waits for the database follow the test's clock, where it has one.</summary>
        public bool CheckpointsFollowTestTime { get; set; }

        public string Environment { get; set; } = "Production";
    }

    private sealed class Factory : WebApplicationFactory<Program>
    {
        private readonly Setup _setup;

        public Factory(Setup setup)
        {
            _setup = setup;
            UseKestrel(0);
        }

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment(_setup.Environment);
            builder.UseSetting("Data:Path", _setup.DataFolder);
            foreach (var (key, value) in _setup.Settings)
                builder.UseSetting(key, value);
            // A commit takes real time. On a clock that a test moves by minutes it would look like a hanging one.
            if (!_setup.CheckpointsFollowTestTime)
                builder.ConfigureTestServices(services => services.AddKeyedSingleton(StorageSetup.Clock, TimeProvider.System));
            builder.ConfigureTestServices(_setup.Services);
        }
    }
}
