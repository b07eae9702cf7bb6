using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers.Wire;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>
/// The chunks of a streamed answer as they arrive. The caller takes chunks with <see cref="TryTake"/> until it returns false,
/// then awaits <see cref="WaitAsync"/>, and repeats both until <see cref="IsAtEnd"/>. For one caller at a time.
/// </summary>
internal sealed class ArrivingChunks(Stream body, IChunkParser parser, UpdateBuilder updates, ResponseWatchdog watchdog)
    : IAsyncDisposable
{
    /// <summary>
    /// Bytes after which other work gets the thread. If a service sends as fast as it is read, every read completes at once, and
    /// its stream would otherwise keep the thread. 64 KB are some 130 chunks of Azure's.
    /// </summary>
    private const int MostAtOnce = 64 * 1024;

    private readonly EventBuffer _events = new(parser.LargestEvent);
    private ValueTask<int> _read; // the read that is under way, or the fault that ended the stream
    private bool _isReading;
    private int _bytesAtOnce; // since a read last had to wait
    private Memory<byte> _free; // where the read that is under way writes
    private bool _hasBegun;
    private bool _hasLostText; // after the finish reason came text that could not be read
    private bool _hasEnded; // the body has no more bytes
    private bool _isClosed; // the last event has its blank line
    private byte[]? _glued; // values that stood behind the first one of an event

    /// <summary>True once no more chunks follow.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>True once the service has said that the stream ends.</summary>
    public bool IsDone { get; private set; }

    /// <summary>
    /// Takes the next chunk if it has arrived. Never throws: <see cref="WaitAsync"/> throws what went wrong, so that the caller
    /// can first pass on what it has taken.
    /// </summary>
    /// <param name="chunk">Valid until the next call.</param>
    public bool TryTake([NotNullWhen(true)] out AnswerChunk? chunk)
    {
        chunk = null;
        try
        {
            while (!IsAtEnd && !_isReading)
            {
                if (TryTakeGlued(out var data) || (!_isClosed && _events.TryTake(out data)))
                {
                    chunk = Parse(data);
                    if (chunk is null)
                        continue;
                    return !IsAtEnd || chunk.FinishReason is not null;
                }
                if (_hasEnded)
                {
                    if (TryTakeLast(out chunk))
                        return true;
                    continue;
                }
                if (_bytesAtOnce > MostAtOnce)
                    return false;
                // The SDK's stream ignores a token after the headers, so each read gets it.
                _free = _events.Free;
                Hold(body.ReadAsync(_free, watchdog.Token));
                if (_read.IsCompletedSuccessfully)
                    Add(_read.Result);
                else
                    _bytesAtOnce = 0;
            }
        }
        catch (Exception fault)
        {
            Hold(ValueTask.FromException<int>(fault));
        }
        return false;
    }

    /// <summary>Completes when <see cref="TryTake"/> should be called again: more has arrived, or the stream has ended.</summary>
    /// <exception cref="Exception">What went wrong, as <see cref="ResponseWatchdog.Translate"/> gives it.</exception>
    public ValueTask WaitAsync() => _isReading ? ReadAsync() : YieldAsync();

    /// <summary>Ends a read that is still under way, and waits until it no longer writes to the buffer.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isReading)
        {
            watchdog.Abort();
            try
            {
                await _read;
            }
            catch (Exception)
            {
                // The caller has left, so the rest of the answer, and its faults, are of no use.
            }
        }
        _events.Dispose();
    }

    private bool TryTakeGlued(out ReadOnlySpan<byte> data)
    {
        data = _glued;
        _glued = null;
        return !data.IsEmpty;
    }

    // Null: the event says nothing, as those that only keep a connection open.
    private AnswerChunk? Parse(ReadOnlySpan<byte> data)
    {
        if (_events.Kind == EventKind.Error)
            return parser.ParseError(data);
        if (data.Trim(" \t\n"u8).IsEmpty || (data[0] != (byte)'{' && EventWords.IsHeartbeat(data)))
            return null;
        var first = data.TrimStart(" \t\n"u8)[0];
        if (_events.Kind == EventKind.Named && first is not ((byte)'{' or (byte)'['))
            return null;
        AnswerChunk chunk;
        try
        {
            chunk = ParseValue(data);
        }
        catch (JsonException) when (_events.Kind == EventKind.Named && first == '[')
        {
            return null; // words of an event that is not known
        }
        catch (JsonException) when (updates.Ending >= Ending.Unknown)
        {
            // After the finish reason, what is broken costs nothing, unless it is text: then the answer was not complete.
            _hasLostText = parser.HasText(data);
            if (_hasLostText)
                throw ModelFailures.BrokenOff();
            if (updates.Ending == Ending.Unknown)
                throw;
            return null;
        }
        IsDone = IsAtEnd = chunk.IsDone;
        return _events.Kind == EventKind.Named && chunk.IsEmpty ? null : chunk;
    }

    // Some gateways put several chunks into one event. The others are read as events of their own.
    private AnswerChunk ParseValue(ReadOnlySpan<byte> data)
    {
        data = DamagedJson.Mended(data);
        var chunk = _events.Kind == EventKind.Named ? parser.Parse(data, _events.Name) : parser.Parse(data);
        var rest = data[parser.BytesRead..].Trim(" \t\r\n"u8);
        if (rest.IsEmpty)
            return chunk;
        if (rest[0] != '{')
            throw new JsonException("There is more than one value.");
        _glued = rest.ToArray();
        return chunk;
    }

    // The last event may lack its blank line, and the one before it, too. What is not whole does not count.
    private bool TryTakeLast([NotNullWhen(true)] out AnswerChunk? chunk)
    {
        chunk = null;
        var isThere = _isClosed ? _events.TryTake(out var data) : _events.TryTakeLast(out data);
        _isClosed = true;
        if (!isThere)
        {
            IsAtEnd = true;
            return false;
        }
        try
        {
            chunk = Parse(data);
        }
        catch (JsonException)
        {
        }
        return chunk is not null && (!IsAtEnd || chunk.FinishReason is not null);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))] // it waits once for each token
    private async ValueTask ReadAsync()
    {
        try
        {
            Add(await _read);
        }
        catch (Exception fault)
        {
            End(fault);
        }
    }

    private async ValueTask YieldAsync()
    {
        _bytesAtOnce = 0;
        await Task.Yield();
    }

    private void End(Exception fault)
    {
        (_isReading, IsAtEnd) = (false, true);
        var translated = watchdog.Translate(fault);
        // After the finish reason the answer is complete, and what breaks takes nothing from it.
        var needed = translated switch
        {
            ModelException { Code: FailureCode.ModelTimeout } => Ending.Likely,
            ModelException => Ending.Certain,
            _ => (Ending?)null,
        };
        if (needed is null || updates.Ending < needed || _hasLostText)
            throw translated;
    }

    private void Hold(ValueTask<int> read) => (_read, _isReading) = (read, true);

    private void Add(int bytes)
    {
        _isReading = false;
        _bytesAtOnce += bytes;
        if (!_hasBegun && _free.Span[..bytes].TrimStart("\uFEFF \t\r\n"u8) is [var first, ..])
        {
            _hasBegun = true;
            if (first == '<')
                throw new ModelException(FailureCode.MalformedResponse, "The model service answered with a page.")
                {
                    IsOfConnection = true,
                };
        }
        _events.Add(bytes);
        if (bytes > 0)
            watchdog.ByteReceived();
        else
            _hasEnded = true;
    }
}
