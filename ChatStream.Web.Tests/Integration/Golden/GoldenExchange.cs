using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>One request on a connection of its own, and its response as it comes, without the framing of chunks.</summary>
internal sealed class GoldenExchange : IDisposable
{
    private readonly TcpClient _connection;
    private readonly StreamReader _reader; // a character of it is a byte
    private readonly StringBuilder _body = new();
    private bool _isAtEnd;

    private GoldenExchange(GoldenRequest request, TcpClient connection)
    {
        (Request, _connection) = (request, connection);
        _reader = new StreamReader(connection.GetStream(), Encoding.Latin1);
    }

    public GoldenRequest Request { get; }

    /// <summary>Status line and headers, as they came.</summary>
    public List<string> Head { get; } = [];

    /// <summary>What has come of it.</summary>
    public string Body => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(_body.ToString()));

    /// <summary>Sends it, and reads the head of the response.</summary>
    public static async Task<GoldenExchange> OpenAsync(
        Uri address, GoldenRequest request, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var connection = new TcpClient { NoDelay = true };
        await connection.ConnectAsync(address.Host, address.Port, cancellationToken);
        var exchange = new GoldenExchange(request, connection);
        await connection.GetStream().WriteAsync(bytes, cancellationToken);
        while (await exchange._reader.ReadLineAsync(cancellationToken) is { Length: > 0 } line)
            exchange.Head.Add(line);
        exchange._isAtEnd = request.Method == "HEAD" || exchange.Head[0].Split(' ')[1] is "204" or "304";
        return exchange;
    }

    /// <summary>Reads the body up to this text.</summary>
    public async Task ReadUntilAsync(string text, CancellationToken cancellationToken)
    {
        while (!Body.Contains(text, StringComparison.Ordinal))
        {
            if (!await ReadMoreAsync(cancellationToken))
                throw new InvalidOperationException($"The response ended before '{text}' came:\n{Body}");
        }
    }

    public async Task ReadToEndAsync(CancellationToken cancellationToken)
    {
        while (await ReadMoreAsync(cancellationToken))
        {
        }
    }

    /// <summary>The value of the first header of this name; null: there is none.</summary>
    public string? Header(string name) => Head.Skip(1)
        .FirstOrDefault(line => line.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];

    public void Dispose()
    {
        _reader.Dispose();
        _connection.Dispose();
    }

    private async Task<bool> ReadMoreAsync(CancellationToken cancellationToken)
    {
        if (_isAtEnd)
            return false;
        if (Header("Transfer-Encoding") == "chunked")
        {
            var line = await _reader.ReadLineAsync(cancellationToken)
                ?? throw new InvalidOperationException($"The connection ended in mid-response:\n{Body}");
            var size = int.Parse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            await ReadBlockAsync(size, cancellationToken);
            await _reader.ReadLineAsync(cancellationToken);
            _isAtEnd = size == 0;
        }
        else
        {
            if (Header("Content-Length") is { } length)
                await ReadBlockAsync(int.Parse(length, CultureInfo.InvariantCulture), cancellationToken);
            else
                _body.Append(await _reader.ReadToEndAsync(cancellationToken));
            _isAtEnd = true;
        }
        return true;
    }

    private async Task ReadBlockAsync(int size, CancellationToken cancellationToken)
    {
        if (size == 0)
            return; // the reader would wait for a first byte
        var block = new char[size];
        if (await _reader.ReadBlockAsync(block, cancellationToken) < size)
            throw new InvalidOperationException($"The connection ended in mid-response:\n{Body}");
        _body.Append(block);
    }
}
