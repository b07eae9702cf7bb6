using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Fairness;
using ChatStream.Web.Tests.Integration.Proxy;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>Several processes of the app that share a real PostgreSQL database and a model.</summary>
internal sealed class InstanceGroup : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly List<string> _folders = [];
    private readonly List<AppProcess> _processes = [];
    private readonly (string Key, string Value)[] _settings;

    private InstanceGroup(TestDatabase database, EmulatorServer emulator, (string Key, string Value)[] settings) =>
        (_database, Emulator, _settings) = (database, emulator, settings);

    public EmulatorServer Emulator { get; }

    public TestDatabase Database => _database;

    public IReadOnlyList<AppProcess> Processes => _processes;

    public Uri[] Addresses => [.. _processes.Select(process => process.Address)];

    public static async Task<InstanceGroup> StartAsync(
        int count, CancellationToken timeout, bool migrated = true, params (string Key, string Value)[] settings)
    {
        var group = new InstanceGroup(
            await TestDatabase.NewAsync(DatabaseKind.Postgres, migrated),
            await EmulatorServer.StartAsync(cancellationToken: timeout), settings);
        if (count > 0)
            await group.AddAsync(count);
        // In its first two seconds an instance does not know those that began after it.
        if (count > 1)
            await Task.WhenAll(group._processes.Select(process => process.LineAsync($" {count} instances are alive.")));
        return group;
    }

    /// <summary>Starts more processes, all at once.</summary>
    /// <param name="count">How many.</param>
    /// <param name="build">The folder of another build of the app; null: this one.</param>
    /// <param name="settings">Of these, beside those of all.</param>
    public async Task AddAsync(int count, string? build = null, params (string Key, string Value)[] settings)
    {
        var folders = Enumerable.Range(0, count)
            .Select(_ => Directory.CreateTempSubdirectory("chatstream-instance-").FullName).ToList();
        _folders.AddRange(folders);
        _processes.AddRange(await Task.WhenAll(folders.Select(folder => StartProcessAsync(folder, build, settings))));
    }

    /// <summary>Starts a process again that has ended, with its folder and another port.</summary>
    public async Task StartAgainAsync(int number)
    {
        await _processes[number].DisposeAsync();
        _processes[number] = await StartProcessAsync(_folders[number]);
    }

    /// <summary>A new user at one of the instances.</summary>
    public async Task<ChatClient> NewUserAsync(int number)
    {
        var user = new ChatClient(_processes[number].Address);
        await user.IdentifyAsync();
        return user;
    }

    /// <summary>The same user at another instance: a browser sends the cookies of a host to all its ports.</summary>
    public ChatClient At(int number, ChatClient user) => new(_processes[number].Address, user.Cookies);

    /// <summary>The example of nginx in front of all of them.</summary>
    public Task<NginxServer> StartNginxAsync() => NginxServer.StartInFrontOfAsync(Addresses);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        await Emulator.DisposeAsync();
        await _database.DisposeAsync();
        foreach (var folder in _folders)
            Directory.Delete(folder, recursive: true);
    }

    private Task<AppProcess> StartProcessAsync(
        string folder, string? build = null, params (string Key, string Value)[] settings) => AppProcess.StartAsync(
        build ?? AppProcess.Built, folder,
    [
        ("ConnectionStrings:Postgres", _database.Place),
        ("AzureOpenAI:Endpoint", Emulator.Endpoint.ToString()),
        ("AzureOpenAI:Deployment", "gpt-4o"),
        ("AzureOpenAI:ApiKey", "emulator-key"),
        ("Conversations:ModelTitles", "false"),
        ("Generation:DrainFor", "00:00:00"),
        .. RaisedLimits.Settings,
        .. _settings,
        .. settings,
    ]);
}
