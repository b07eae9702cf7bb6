using System.Text.RegularExpressions;
using ChatStream.Web.Tools.Permissions;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Client;

namespace ChatStream.Web.Tools.Mcp;

/// <summary>
/// A server of the Model Context Protocol, and the tools that it had when it was connected. A connection that breaks is made
/// anew by the next answer, or the next call. Thread-safe.
/// </summary>
/// <param name="name">Its name in the settings.</param>
/// <param name="options">Its settings.</param>
/// <param name="bearer">Makes what gives each request its user's token; null: all users are one to the server.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">Makes loggers.</param>
internal sealed partial class McpServer(
    string name, McpServerOptions options, Func<DelegatingHandler>? bearer, TimeProvider time, ILoggerFactory loggers)
    : IAsyncDisposable
{
    /// <summary>
    /// How long an answer waits for a server that is being connected. Then it goes on without its tools, and no other one waits.
    /// </summary>
    private static readonly TimeSpan WaitFor = TimeSpan.FromSeconds(3);

    /// <summary>After a try that failed, the next one waits so long.</summary>
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(15);

    private const int LongestDescription = 1_024;

    private readonly ILogger _logger = loggers.CreateLogger<McpServer>();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposed = new();
    private volatile IReadOnlyList<Tool> _tools = [];
    private Task<McpConnection?>? _connecting;
    private long _failedAt;

    /// <summary>Whether answers wait for it.</summary>
    public McpPatience Patience { get; init; } = new();

    /// <summary>Begins to connect, if that is not done or under way.</summary>
    /// <returns>The connection; null: the server cannot be reached. Never faults.</returns>
    public Task<McpConnection?> Connect()
    {
        lock (_gate)
        {
            if (_connecting is { IsCompletedSuccessfully: true, Result: var known })
            {
                if (known is { IsLost: false } || (known is null && time.GetElapsedTime(_failedAt) < TryAgainAfter))
                    return _connecting;
                known?.Lose();
                _connecting = null;
            }
            return _connecting ??= Task.Run(ConnectAsync);
        }
    }

    /// <summary>The tools that models may get; none if the server does not answer.</summary>
    public async Task<IReadOnlyList<Tool>> ToolsAsync(CancellationToken cancellationToken)
    {
        var connecting = Connect();
        if (Patience.IsOver && !connecting.IsCompleted)
            return [];
        try
        {
            return await connecting.WaitAsync(WaitFor, time, cancellationToken) is not null ? _tools : [];
        }
        catch (TimeoutException)
        {
            if (Patience.TryEnd())
                Log.IsLate(_logger, name);
            return [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        Task<McpConnection?>? last;
        lock (_gate)
            last = _connecting;
        if (last is not null && await last is { } connection)
            await connection.DisposeAsync();
        _disposed.Dispose();
    }

    private async Task<McpConnection?> ConnectAsync()
    {
        var begun = time.GetTimestamp();
        try
        {
            var connection = await McpConnection.OpenAsync(name, options, bearer?.Invoke(), time, loggers, _disposed.Token);
            // Once for each connection: their schemas are looked through.
            _tools = [.. connection.Tools.Select(ToTool).OfType<Tool>().DistinctBy(tool => tool.Name, StringComparer.Ordinal)];
            Patience.Renew();
            Log.Connected(_logger, name, connection.Tools.Count);
            return connection;
        }
        catch (Exception fault)
        {
            // The message may quote the address, its query and what the server said.
            if (!_disposed.IsCancellationRequested && PermissionException.Behind(fault) is null)
                Log.NotConnected(_logger, name, fault.GetType().Name);
            lock (_gate)
                _failedAt = time.GetTimestamp();
            if (time.GetElapsedTime(begun) >= WaitFor)
                Patience.TryEnd();
            if (Patience.IsOver && bearer is null)
                _ = ConnectLaterAsync();
            return null;
        }
    }

    // No answer waits for it, so it is there with the first answer after it has come back.
    private async Task ConnectLaterAsync()
    {
        try
        {
            await Task.Delay(TryAgainAfter, time, _disposed.Token);
            _ = Connect();
        }
        catch (OperationCanceledException)
        {
            // The app stops.
        }
    }

    private async Task<ToolOutcome> CallAsync(string tool, AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        for (var isAgain = false; ; isAgain = true)
        {
            var connecting = Connect();
            if ((Patience.IsOver && !connecting.IsCompleted) || await connecting.WaitAsync(cancellationToken) is not { } connection)
                return McpConnection.NotReached;
            try
            {
                return await connection.CallAsync(tool, arguments, cancellationToken);
            }
            catch (McpRefusedException fault)
            {
                // The protocol wants a new session then. The call was refused, so it is not made twice.
                if (isAgain || !fault.IsSessionGone)
                    return fault.Outcome;
            }
            catch (PermissionException fault)
            {
                return fault.NeedsUser ? ToolOutcome.NeedsPermission(name)
                    : ToolOutcome.Fault("The authorization server of the tool's server cannot be asked. The call was not made.");
            }
        }
    }

    // Null: models do not get it.
    private Tool? ToTool(McpClientTool served)
    {
        var own = options.Tools.GetValueOrDefault(served.Name) ?? new McpToolOptions();
        var hints = served.ProtocolTool.Annotations;
        if (!own.Enabled || ToolSchema.Of(served.JsonSchema) is not { } schema)
            return null;
        var rule = own.Consent ?? options.Consent;
        var description = served.Description.Length > LongestDescription
            ? served.Description[..LongestDescription] : served.Description;
        return new Tool
        {
            Declaration = AIFunctionFactory.CreateDeclaration(NameOf(served.Name), description, schema),
            CallAsync = (arguments, token) => CallAsync(served.Name, arguments, token),
            Asks = rule == ConsentRule.Always || (rule == ConsentRule.UnlessReadOnly && hints?.ReadOnlyHint != true),
            IsIdempotent = own.Idempotent ?? (hints?.IdempotentHint == true || hints?.ReadOnlyHint == true),
            Models = own.Models ?? options.Models,
            Groups = own.Groups ?? options.Groups,
        };
    }

    // What models and their interfaces take as a function's name.
    private string NameOf(string tool)
    {
        var full = $"{name}_{NotInNames().Replace(tool, "_")}";
        return full.Length <= Storage.ToolCall.LongestName ? full : full[..Storage.ToolCall.LongestName];
    }

    [GeneratedRegex("[^A-Za-z0-9_-]")]
    private static partial Regex NotInNames();

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information,
            Message = "The tool server {Server} is connected: {Tools} tools.")]
        public static partial void Connected(ILogger logger, string server, int tools);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The tool server {Server} cannot be reached ({Fault}).")]
        public static partial void NotConnected(ILogger logger, string server, string fault);

        [LoggerMessage(EventId = 3, Level = LogLevel.Warning,
            Message = "The tool server {Server} is still being connected. Answers go on without its tools until it answers.")]
        public static partial void IsLate(ILogger logger, string server);
    }
}
