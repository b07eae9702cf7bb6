using System.Net;
using System.Net.Sockets;
using ChatStream.Emulator.Background;

namespace ChatStream.Emulator;

/// <summary>An Azure OpenAI endpoint that answers each request by a script and keeps all requests.</summary>
public sealed class EmulatorServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly RequestLog _log = new();
    private readonly ScriptBook _scripts = new();
    private readonly BackgroundResponses _background = new();
    private bool _disposed;

    private EmulatorServer(EmulatorOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(options.Urls).UseSockets(sockets =>
        {
            // A write returns only when the operating system has its bytes, so a break never overtakes them.
            sockets.MaxWriteBufferSize = 1;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Some tests have slow clients.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.AddServerHeader = false;
        });
        builder.Services.AddRoutingCore();
        _app = builder.Build();

        var background = new BackgroundEndpoint(options, _background, _stopping.Token);
        var endpoint = new ModelEndpoint(options, _scripts, _log, background, _stopping.Token);
        _app.UseRouting();
        _app.MapPost("/openai/deployments/{deployment}/chat/completions", endpoint.DatedAsync);
        _app.MapPost("/openai/responses", endpoint.DatedAsync);
        MapKept("/openai/responses", isDated: true);
        foreach (var root in (string[])["/openai/v1", "/v1"])
        {
            _app.MapPost($"{root}/chat/completions", endpoint.V1Async);
            _app.MapPost($"{root}/responses", endpoint.V1Async);
            MapKept($"{root}/responses", isDated: false);
        }
        _app.MapFallback(endpoint.NotFoundAsync);

        void MapKept(string path, bool isDated)
        {
            _app.MapGet($"{path}/{{id}}", context => background.ReadAsync(context, isDated));
            _app.MapPost($"{path}/{{id}}/cancel", context => background.CancelAsync(context, isDated));
        }
    }

    /// <summary>The first address, with the port that was chosen.</summary>
    public Uri Endpoint => new(_app.Urls.First());

    /// <summary>Answers a request that no chooser takes while no script is queued.</summary>
    public Script Default
    {
        get => _scripts.Default;
        set => _scripts.Default = value;
    }

    /// <summary>The responses that were created in the background, in order.</summary>
    public IReadOnlyList<BackgroundResponse> Background => _background.All;

    /// <summary>Removes a response that is kept, as a service does after some time.</summary>
    public void Forget(BackgroundResponse response) => _background.Forget(response.Id);

    /// <summary>
    /// All requests for answers so far in order of arrival, including those that were refused. Requests about responses that are
    /// kept are none of them.
    /// </summary>
    public IReadOnlyList<EmulatedRequest> Requests => _log.Snapshot();

    public static async Task<EmulatorServer> StartAsync(
        EmulatorOptions? options = null, CancellationToken cancellationToken = default)
    {
        var server = new EmulatorServer(options ?? new EmulatorOptions());
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>A loopback address that refuses every connection. No other process can take it.</summary>
    public static Uri RefusingEndpoint() => new($"http://{Refusing.Value.LocalEndPoint}/");

    /// <summary>Adds a script that answers one request. Queued scripts are used in order.</summary>
    public void Enqueue(Script script) => _scripts.Enqueue(script);

    /// <summary>Adds a chooser. Choosers are asked before the queue, in the order in which they were added.</summary>
    /// <param name="choose">Returns null if the request is not for it.</param>
    public void On(Func<EmulatedRequest, Script?> choose) => _scripts.On(choose);

    /// <summary>Waits for a request to arrive.</summary>
    /// <param name="index">The first request has index 0.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<EmulatedRequest> RequestAsync(int index, CancellationToken cancellationToken) =>
        _log.At(index, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _stopping.CancelAsync();
        // With a cancelled token, Kestrel closes idle connections instead of waiting for them.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private static readonly Lazy<Socket> Refusing = new(() =>
    {
        // The socket is bound but does not listen: the port is taken, and refuses connections.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    });
}
