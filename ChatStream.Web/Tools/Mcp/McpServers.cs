using Microsoft.Extensions.Options;

namespace ChatStream.Web.Tools.Mcp;

/// <summary>
/// The servers of the settings that are the same for all users. They are connected with the app's start, and again when a
/// connection is lost.
/// </summary>
internal sealed class McpServers(IOptions<ToolOptions> options, TimeProvider time, ILoggerFactory loggers)
    : IHostedService, IAsyncDisposable
{
    private readonly Lazy<List<McpServer>> _servers = new(() =>
        [
            .. options.Value.McpServers.Where(server => !server.Value.OAuth.IsUsed)
                .Select(server => new McpServer(server.Key, server.Value, bearer: null, time, loggers)
                {
                    Servers = options.Value.McpServers.Keys,
                }),
        ]);

    private bool _isDisposed;

    public bool Any => options.Value.McpServers.Values.Any(server => !server.OAuth.IsUsed);

    /// <summary>The tools of all servers that answer.</summary>
    public async Task<IReadOnlyList<Tool>> ToolsAsync(CancellationToken cancellationToken)
    {
        var tools = await Task.WhenAll(_servers.Value.Select(server => server.ToolsAsync(cancellationToken)));
        return [.. tools.SelectMany(some => some).DistinctBy(tool => tool.Name, StringComparer.Ordinal)];
    }

    /// <summary>Begins to connect. The app does not wait for it.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Any)
            _servers.Value.ForEach(server => server.Connect());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        // The container knows it twice, as a service and as a hosted one.
        if (_servers.IsValueCreated && !Interlocked.Exchange(ref _isDisposed, true))
            await Task.WhenAll(_servers.Value.Select(server => server.DisposeAsync().AsTask()));
    }
}
