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

    /// <summary>Tools of one server that are looked at.</summary>
    private const int MostTools = 500;

    private readonly McpProcess? _process;
    private readonly HttpClient? _http;
    private readonly McpClient _client;
    private volatile bool _isLost;

    private McpConnection(McpClient client, IReadOnlyList<McpClientTool> tools, McpProcess? process, HttpClient? http) =>
        (_client, Tools, _process, _http) = (client, tools, process, http);

    /// <summary>As the server named them. What it says of them later does not count: consent was given to these.</summary>
    public IReadOnlyList<McpClientTool> Tools { get; }

    /// <summary>Whether another connection has to be made.</summary>
    public bool IsLost => _isLost || _client.Completion.IsCompleted;

    /// <exception cref="Exception">The server cannot be reached, or does not name its tools in time.</exception>
    public static async Task<McpConnection> OpenAsync(
        string name, McpServerOptions options, DelegatingHandler? bearer, TimeProvider time, ILoggerFactory loggers,
        CancellationToken cancellationToken)
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
                http = McpHttp.ClientFor(options, bearer, opening);
                transport = McpHttp.TransportOver(http, options);
            }
            var asked = new McpClientOptions
            {
                ClientInfo = new Implementation { Name = "ChatStream", Version = "1.0" },
                InitializationTimeout = UntilNamed,
            };
            client = await McpClient.CreateAsync(transport, asked, loggerFactory: null, both.Token).WaitAsync(both.Token);
            var tools = await client.ListToolsAsync(cancellationToken: both.Token).AsTask().WaitAsync(both.Token);
            opening.End();
            return new McpConnection(client, [.. tools.Take(MostTools)], process, http);
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
    /// Makes a call. What the server says is an outcome, also where it cannot be read. A connection that breaks leaves it unknown.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled; the server was told.</exception>
    /// <exception cref="PermissionException">There was no token for it. It was not made.</exception>
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
        _process?.Output.BeginCall();
        try
        {
            return McpResult.Read((await _client.SendRequestAsync(call, cancellationToken)).Result);
        }
        catch (McpProtocolException fault)
        {
            return ToolOutcome.Fault(fault.Message); // the server has refused the call
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
            return ToolOutcome.Unknown("The connection to the tool's server broke.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process?.Dispose();
        await _client.DisposeAsync();
        _http?.Dispose();
    }

    /// <summary>Gives it up. Calls that wait for a result fail.</summary>
    public void Lose()
    {
        if (_isLost)
            return;
        _isLost = true;
        _ = DisposeQuietlyAsync();
    }

    // Other exceptions are of the library: it does not take what has come. Of HTTP it says so of a response that broke off, too.
    private bool IsBroken(Exception fault) =>
        IsLost || fault is IOException or HttpRequestException or ObjectDisposedException or OperationCanceledException
        || (_http is not null && fault is McpException);

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
