using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
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

    /// <summary>Images of one result that are taken.</summary>
    private const int MostImages = 4;

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
                transport = new StreamClientTransport(process.Input, process.Output);
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

    /// <summary>Makes a call. What the server says is an outcome; a connection that breaks leaves it unknown.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the server was told.</exception>
    /// <exception cref="PermissionException">There was no token for it. It was not made.</exception>
    public async Task<ToolOutcome> CallAsync(string tool, AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var call = new CallToolRequestParams
        {
            Name = tool,
            Arguments = arguments.ToDictionary(argument => argument.Key, argument => (JsonElement)argument.Value!),
        };
        _process?.Output.BeginCall();
        try
        {
            var result = await _client.CallToolAsync(call, cancellationToken);
            var images = new List<byte[]>();
            var text = TextOf(result, images);
            var outcome = result.IsError == true
                ? ToolOutcome.Fault(text.Length > 0 ? text : "The tool failed.")
                : new ToolOutcome(text);
            return images.Count > 0 ? outcome with { Images = images } : outcome;
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

    // Other content that is no text is named and left out.
    private static string TextOf(CallToolResult result, List<byte[]> images)
    {
        var text = new StringBuilder();
        foreach (var block in result.Content)
        {
            if (text.Length > 0)
                text.Append('\n');
            switch (block)
            {
                case TextContentBlock { Text: var part }:
                    text.Append(part);
                    break;
                case EmbeddedResourceBlock { Resource: TextResourceContents { Text: var part } }:
                    text.Append(part);
                    break;
                case ImageContentBlock image when images.Count < MostImages && BytesOf(image) is { } bytes:
                    images.Add(bytes);
                    text.Append("[image ").Append(images.Count).Append(']');
                    break;
                default:
                    text.Append('[').Append(block.Type).Append(": it was left out]");
                    break;
            }
        }
        if (text.Length == 0 && result.StructuredContent is { } structured)
            text.Append(structured.GetRawText());
        return text.ToString();
    }

    private static byte[]? BytesOf(ImageContentBlock image)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(image.Data.Length)];
        return Base64.DecodeFromUtf8(image.Data.Span, bytes, out _, out var written) == OperationStatus.Done
            ? bytes[..written] : null;
    }
}
