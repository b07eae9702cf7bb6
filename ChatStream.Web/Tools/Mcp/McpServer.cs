using System.ComponentModel;
using ChatStream.Web.Tools.Permissions;
using Microsoft.Extensions.AI;
using ModelContextProtocol;

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

    /// <summary>A timer may ring a moment early.</summary>
    private static readonly TimeSpan TimerSlack = TimeSpan.FromMilliseconds(100);

    private const int LongestLoggedName = 64;

    private readonly ILogger _logger = loggers.CreateLogger<McpServer>();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposed = new();
    private volatile IReadOnlyList<Tool> _tools = [];
    private Task<McpConnection?>? _connecting;
    private long _failedAt;

    /// <summary>The names of all servers in the settings.</summary>
    public IReadOnlyCollection<string> Servers { get; init; } = [name];

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
            var connection = await McpConnection.OpenAsync(
                name, options, bearer?.Invoke(), LeaveOut, time, loggers, _disposed.Token);
            // Once for each connection.
            _tools = ToolsOf(connection);
            Patience.Renew();
            Log.Connected(_logger, name, _tools.Count);
            return connection;
        }
        catch (Exception fault)
        {
            if (!_disposed.IsCancellationRequested && PermissionException.Behind(fault) is null)
                Log.NotConnected(_logger, name, ReasonOf(fault));
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
            await Task.Delay(TryAgainAfter + TimerSlack, time, _disposed.Token);
            _ = Connect();
        }
        catch (OperationCanceledException)
        {
            // The app stops.
        }
    }

    // The messages may quote the address, its query and what the server said.
    private static string ReasonOf(Exception fault) => fault switch
    {
        McpRefusedException refused => $"it answers with HTTP {refused.Status}",
        HttpRequestException { StatusCode: { } status } => $"it answers with HTTP {(int)status}",
        HttpRequestException or IOException or ObjectDisposedException or Win32Exception =>
            $"it cannot be reached ({fault.GetType().Name})",
        OperationCanceledException or TimeoutException => "it does not answer in time",
        McpProtocolException => "it refuses what it is asked",
        _ => $"what it sends cannot be read ({fault.GetType().Name})",
    };

    private async Task<ToolOutcome> CallAsync(string tool, AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        for (var isAgain = false; ; isAgain = true)
        {
            var connecting = Connect();
            if ((Patience.IsOver && !connecting.IsCompleted)
                || await connecting.WaitAsync(cancellationToken) is not { } connection)
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

    private IReadOnlyList<Tool> ToolsOf(McpConnection connection)
    {
        var names = ToolNames.Of(name, [.. connection.Tools.Select(tool => tool.Name)], Servers);
        var tools = new Dictionary<string, Tool>(StringComparer.Ordinal);
        foreach (var served in connection.Tools)
        {
            var own = options.Tools.GetValueOrDefault(served.Name) ?? new McpToolOptions();
            if (own.Enabled && !tools.TryAdd(names[served.Name], ToTool(served, names[served.Name], own)))
                LeaveOut(served.Name, "another tool has its name");
        }
        return [.. tools.Values];
    }

    private Tool ToTool(ServedTool served, string known, McpToolOptions own)
    {
        var rule = own.Consent ?? options.Consent;
        return new Tool
        {
            Declaration = AIFunctionFactory.CreateDeclaration(known, served.Description, served.Schema),
            CallAsync = (arguments, token) => CallAsync(served.Name, arguments, token),
            Asks = rule == ConsentRule.Always || (rule == ConsentRule.UnlessReadOnly && !served.ReadsOnly),
            IsIdempotent = own.Idempotent ?? (served.IsIdempotent || served.ReadsOnly),
            Models = own.Models ?? options.Models,
            Groups = own.Groups ?? options.Groups,
        };
    }

    // The log has nothing of a stranger but letters.
    private void LeaveOut(string tool, string fault) => Log.LeftOut(
        _logger, name,
        string.Concat(tool.Take(LongestLoggedName)
            .Select(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ' ' ? c : '?')),
        fault);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information,
            Message = "The tool server {Server} is connected: {Tools} tools.")]
        public static partial void Connected(ILogger logger, string server, int tools);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The tool server {Server} cannot be used: {Reason}.")]
        public static partial void NotConnected(ILogger logger, string server, string reason);

        [LoggerMessage(EventId = 3, Level = LogLevel.Warning,
            Message = "The tool server {Server} is still being connected. Answers go on without its tools until it answers.")]
        public static partial void IsLate(ILogger logger, string server);

        [LoggerMessage(EventId = 4, Level = LogLevel.Warning,
            Message = "The tool {Tool} of the tool server {Server} is left out: {Fault}.")]
        public static partial void LeftOut(ILogger logger, string server, string tool, string fault);
    }
}
