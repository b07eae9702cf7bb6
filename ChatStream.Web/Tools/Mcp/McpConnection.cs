using System.Text.Json;
using System.Text.Json.Nodes;
using ChatStream.Web.Tools.Permissions;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ChatStream.Web.Tools.Mcp;

/// <summary>One connection to a server. What it sends is bounded: a flood breaks the connection.</summary>
internal sealed class McpConnection : IAsyncDisposable
{
    /// <summary>How long a server may take until it has named its tools.</summary>
    private static readonly TimeSpan UntilNamed = TimeSpan.FromSeconds(30);

    /// <summary>What the model is told of a call that had no connection.</summary>
    public static readonly ToolOutcome NotReached =
        ToolOutcome.Fault("The tool's server cannot be reached. The call was not made.");

    private readonly McpProcess? _process;
    private readonly HttpClient? _http;
    private readonly McpClient _client;
    private readonly Lock _gate = new();
    private int _calls; // that are under way
    private bool _isLost;

    private McpConnection(McpClient client, IReadOnlyList<ServedTool> tools, McpProcess? process, HttpClient? http) =>
        (_client, Tools, _process, _http) = (client, tools, process, http);

    /// <summary>As the server named them. What it says of them later does not count: consent was given to these.</summary>
    public IReadOnlyList<ServedTool> Tools { get; }

    /// <summary>Whether another connection has to be made.</summary>
    public bool IsLost => Volatile.Read(ref _isLost) || _client.Completion.IsCompleted;

    /// <param name="name">The server's name in the settings.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="bearer">Gives each request a user's token; null: all users are one to the server.</param>
    /// <param name="leaveOut">Is told a tool that is left out, and what is wrong with it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Makes loggers.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="Exception">The server cannot be reached, or does not name its tools in time.</exception>
    public static async Task<McpConnection> OpenAsync(
        string name, McpServerOptions options, DelegatingHandler? bearer, Action<string, string> leaveOut, TimeProvider time,
        ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(UntilNamed, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        McpProcess? process = null;
        HttpClient? http = null;
        McpClient? client = null;
        // A server may name its tools on pages without end. Of a process, all that it writes is counted anyway.
        var opening = new ByteAllowance(BoundedStream.MostAtOnce);
        try
        {
            IClientTransport transport;
            if (options.Command.Length > 0)
            {
                process = McpProcess.Start(name, options, loggers);
                transport = new StreamClientTransport(process.Input, new WholePairs(process.Output));
            }
            else
            {
                http = McpHttp.ClientFor(options, bearer, opening, time);
                transport = McpHttp.TransportOver(http, options);
            }
            var asked = new McpClientOptions
            {
                ClientInfo = new Implementation { Name = "ChatStream", Version = "1.0" },
                InitializationTimeout = UntilNamed,
            };
            client = await McpClient.CreateAsync(transport, asked, loggerFactory: null, both.Token).WaitAsync(both.Token);
            var tools = await ServedTools.ReadAsync(client, leaveOut, both.Token).WaitAsync(both.Token);
            opening.End();
            return new McpConnection(client, tools, process, http);
        }
        catch
        {
            process?.Dispose();
            if (client is not null)
                await client.DisposeAsync();
            http?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Makes a call. What the server says is an outcome, whether or not it can be read. A connection that breaks leaves it
    /// unknown.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled; the server was told.</exception>
    /// <exception cref="PermissionException">There was no token for it. It was not made.</exception>
    /// <exception cref="McpRefusedException">The server answered with a status that is no success.</exception>
    public async Task<ToolOutcome> CallAsync(string tool, AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var call = new JsonRpcRequest
        {
            Method = RequestMethods.ToolsCall,
            Params = new JsonObject
            {
                ["name"] = tool,
                ["arguments"] = JsonSerializer.SerializeToNode(arguments.ToDictionary()),
            },
        };
        lock (_gate)
            _calls++;
        _process?.Output.BeginCall();
        try
        {
            return McpResult.Read((await _client.SendRequestAsync(call, cancellationToken)).Result);
        }
        catch (McpProtocolException fault)
        {
            return ToolOutcome.Fault(fault.Message); // the server has refused the call
        }
        catch (McpRefusedException fault)
        {
            if (fault.MayBeSessionGone)
                Lose();
            throw;
        }
        catch (Exception fault) when (PermissionException.Behind(fault) is { } missing)
        {
            throw missing;
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (!IsBroken(fault))
                return McpResult.Unreadable; // others wait for results over the same connection
            Lose();
            return IsUnreached(fault) ? NotReached : ToolOutcome.Unknown("The connection to the tool's server broke.");
        }
        finally
        {
            bool isLast;
            lock (_gate)
                isLast = --_calls == 0 && _isLost;
            if (isLast)
                _ = DisposeQuietlyAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process?.Dispose();
        await _client.DisposeAsync();
        _http?.Dispose();
    }

    /// <summary>Gives it up. Calls that are under way may still get their results.</summary>
    public void Lose()
    {
        lock (_gate)
        {
            if (_isLost)
                return;
            _isLost = true;
            if (_calls > 0)
                return;
        }
        _ = DisposeQuietlyAsync();
    }

    // Other exceptions are of the library: it does not take what has come. Of HTTP it says so of a response that broke off, too.
    private bool IsBroken(Exception fault) =>
        IsLost || fault is IOException or HttpRequestException or ObjectDisposedException or OperationCanceledException
        || (_http is not null && fault is McpException);

    // Nothing of the request was sent.
    private static bool IsUnreached(Exception fault) => fault is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };

    private async Task DisposeQuietlyAsync()
    {
        try
        {
            await DisposeAsync();
        }
        catch (Exception)
        {
            // It is broken already.
        }
    }
}
