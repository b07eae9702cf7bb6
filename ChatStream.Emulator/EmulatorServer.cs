using System.Net;
using System.Net.Sockets;

namespace ChatStream.Emulator;

/// <summary>An Azure OpenAI endpoint that says what a script tells it, and remembers what it was asked.</summary>
public sealed class EmulatorServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly RequestLog _log = new();
    private readonly ScriptBook _scripts = new();
    private bool _disposed;

    private EmulatorServer(EmulatorOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(options.Urls).UseSockets(sockets =>
        {
            // A write returns when the operating system has its bytes, so that a break comes after them and not before.
            sockets.MaxWriteBufferSize = 1;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Slow clients are what some tests are about.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.AddServerHeader = false;
        });
        builder.Services.AddRoutingCore();
        _app = builder.Build();

        var endpoint = new ChatCompletionsEndpoint(options, _scripts, _log, _stopping.Token);
        _app.UseRouting();
        _app.MapPost("/openai/deployments/{deployment}/chat/completions", endpoint.ClassicAsync);
        _app.MapPost("/openai/v1/chat/completions", endpoint.V1Async);
        _app.MapPost("/v1/chat/completions", endpoint.V1Async);
    }

    /// <summary>The first address, with the port that it got.</summary>
    public Uri Endpoint => new(_app.Urls.First());

    /// <summary>What answers when no chooser takes a request and no script is queued.</summary>
    public Script Default
    {
        get => _scripts.Default;
        set => _scripts.Default = value;
    }

    /// <summary>All requests so far, in order of arrival, those that were refused included.</summary>
    public IReadOnlyList<EmulatedRequest> Requests => _log.Snapshot();

    public static async Task<EmulatorServer> StartAsync(
        EmulatorOptions? options = null, CancellationToken cancellationToken = default)
    {
        var server = new EmulatorServer(options ?? new EmulatorOptions());
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>A loopback address that refuses every connection, and that nobody else can take meanwhile.</summary>
    public static Uri RefusingEndpoint() => new($"http://{Refusing.Value.LocalEndPoint}/");

    /// <summary>Answers one request; several are used in order.</summary>
    public void Enqueue(Script script) => _scripts.Enqueue(script);

    /// <summary>Consulted before the queue, in order of registration; null: not mine.</summary>
    public void On(Func<EmulatedRequest, Script?> choose) => _scripts.On(choose);

    /// <summary>The request of that index, counted from 0, once it has arrived.</summary>
    public Task<EmulatedRequest> RequestAsync(int index, CancellationToken cancellationToken) => _log.At(index, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _stopping.CancelAsync();
        // Stopping with a token that is cancelled already closes idle connections instead of waiting for them.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private static readonly Lazy<Socket> Refusing = new(() =>
    {
        // Bound and not listening: the port is taken, and refuses.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    });
}
