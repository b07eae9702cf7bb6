using System.Diagnostics;
using System.Runtime;
using ChatStream.Emulator;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>The app as a process of its own with limits that let every disturbance in, its database, and its model.</summary>
internal sealed class FairnessApp : IAsyncDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("chatstream-fair-").FullName;
    private readonly TestDatabase _database;
    private readonly IChatDatabase _reading;
    private RealProcess? _model;
    private AppProcess? _process;
    private Uri? _address;
    private string _modelAddress = "";

    private FairnessApp(TestDatabase database, EmulatorServer emulator) =>
        (_database, _reading, Emulator) = (database, database.ForProcess(), emulator);

    public EmulatorServer Emulator { get; }

    /// <param name="kind">Of its database.</param>
    /// <param name="scripts">What the model says to some messages; null: nothing else than <see cref="SteadyScripts"/>.</param>
    public static async Task<FairnessApp> StartAsync(DatabaseKind kind, Func<EmulatedRequest, Script?>? scripts = null)
    {
        var app = new FairnessApp(await TestDatabase.NewAsync(kind, migrated: false), await EmulatorServer.StartAsync());
        app.Emulator.On(request => scripts?.Invoke(request) ?? SteadyScripts.For(request));
        await app.StartModelAsync();
        await app.StartProcessAsync();
        // The healthy users are part of this process, and see its pauses as gaps.
        GCSettings.LatencyMode = GCLatencyMode.SustainedLowLatency;
        await app.CountAsync("", CancellationToken.None); // EF builds its model once, and holds up a thread of the test meanwhile
        return app;
    }

    /// <summary>What the process takes of the machine's memory, in bytes.</summary>
    public long Memory
    {
        get
        {
            using var process = Process.GetProcessById(_process!.Id);
            return process.WorkingSet64;
        }
    }

    /// <summary>A client without a cookie, and without a time limit.</summary>
    public ChatClient NewStranger()
    {
        var user = new ChatClient(_address!);
        user.Http.Timeout = Timeout.InfiniteTimeSpan;
        return user;
    }

    public async Task<ChatClient> NewUserAsync()
    {
        var user = NewStranger();
        await user.IdentifyAsync();
        return user;
    }

    /// <summary>The number of conversations of this title in the database, those included that no user sees any longer.</summary>
    public async Task<int> CountAsync(string title, CancellationToken timeout)
    {
        await using var db = _reading.ReadAs(default);
        return await db.Conversations.IgnoreQueryFilters().CountAsync(conversation => conversation.Title == title, timeout);
    }

    /// <summary>Ends the process, so that its log is whole.</summary>
    /// <returns>The log.</returns>
    public async Task<string> StopAsync(CancellationToken timeout)
    {
        _process!.Terminate();
        await _process.Exited.WaitAsync(timeout);
        var output = _process.Output;
        await _process.DisposeAsync();
        _process = null;
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        if (_model is not null)
            await _model.DisposeAsync();
        await Emulator.DisposeAsync();
        await ((IAsyncDisposable)_reading).DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_data, recursive: true);
        GCSettings.LatencyMode = GCLatencyMode.Interactive;
    }

    private async Task StartModelAsync()
    {
        const string Listening = "Listening on ";
        _model = RealProcess.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "ChatStream.Emulator.dll"), "--urls", "http://127.0.0.1:0"]));
        var line = await _model.LineAsync(line => line.StartsWith(Listening, StringComparison.Ordinal));
        _modelAddress = line[Listening.Length..].Split(' ')[0].TrimEnd('.');
    }

    private async Task StartProcessAsync()
    {
        _process = await AppProcess.StartAsync(
            AppProcess.Built, _database.Kind == DatabaseKind.Sqlite ? _database.Place : _data,
            [.. Settings, .. RaisedLimits.Settings]);
        _address = _process.Address;
    }

    private (string Key, string Value)[] Settings =>
    [
        ("ConnectionStrings:Postgres", _database.Kind == DatabaseKind.Postgres ? _database.Place : ""),
        ("AzureOpenAI:Endpoint", Emulator.Endpoint.ToString()),
        ("AzureOpenAI:Deployment", "gpt-4o"),
        ("AzureOpenAI:ApiKey", "emulator-key"),
        ("Models:0:Name", HealthyUser.Model),
        ("Models:0:Deployments:0:Endpoint", _modelAddress),
        ("Models:0:Deployments:0:Deployment", "gpt-4o"),
        ("Models:0:Deployments:0:ApiKey", "emulator-key"),
        ("Chat:ContextTokens", "1000000"),
        ("Conversations:ModelTitles", "false"),
        ("Conversations:RestoreFor", "00:00:00"), // what is deleted is removed at once
        ("Generation:DrainFor", "00:00:00"),
        ("CHATSTREAM_LOG_LEVEL", "Debug"),
    ];
}
