using System.Diagnostics.CodeAnalysis;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers.Wire;

namespace ChatStream.Web.Providers.ChatCompletions;

/// <summary>
/// The chunks of a stream as they arrive. Each read bears the watchdog's token and tells it of bytes: the SDK's own stream
/// ignores a token after the headers.
/// </summary>
/// <remarks>
/// <c>TryTake</c> until it gives nothing. Then, where <see cref="HasToWait"/>, await <see cref="LetOthersRunAsync"/>; else await
/// <see cref="Read"/> and hand its result to <see cref="Arrived"/>, or its exception to <see cref="Broke"/>. That the caller awaits
/// the body's own read, and no method here does, is one asynchronous call less for each token.
/// </remarks>
internal sealed class ArrivingChunks(Stream body, CompletionParser parser, UpdateBuilder updates, ResponseWatchdog watchdog) : IAsyncDisposable
{
    /// <summary>Bytes after which others are let read, where a service sends as fast as it is read: else one stream would keep the thread.</summary>
    private const int MostAtOnce = 64 * 1024;

    private readonly EventBuffer _events = new();
    private bool _isPending;
    private int _atOnce; // bytes since a read last had to wait for them

    /// <summary>Nothing will follow on what was taken.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>The read that is under way since <see cref="TryTake"/> gave nothing: how many bytes come.</summary>
    public ValueTask<int> Read { get; private set; }

    /// <summary>No read is under way: it is for others to read now.</summary>
    public bool HasToWait { get; private set; }

#pragma warning disable CA2012 // its result is taken once: here where it is there already, else by the caller, or by DisposeAsync
    /// <summary>
    /// Takes the next chunk if it has arrived. If not, and unless the stream has ended, <see cref="Read"/> brings it, or what
    /// went wrong: so that whoever gathers what has arrived can first pass on what there is.
    /// </summary>
    /// <param name="chunk">Valid until the next call.</param>
    public bool TryTake([NotNullWhen(true)] out CompletionChunk? chunk)
    {
        chunk = null;
        try
        {
            while (!IsAtEnd && !_isPending)
            {
                if (_events.TryTake(out var data))
                {
                    chunk = parser.Parse(data);
                    IsAtEnd = chunk.IsDone;
                    return !IsAtEnd;
                }
                if (HasToWait = _atOnce > MostAtOnce)
                    return false;
                Read = body.ReadAsync(_events.Free, watchdog.Token);
                _isPending = true;
                if (Read.IsCompletedSuccessfully)
                    Arrived(Read.Result);
                else
                    _atOnce = 0;
            }
        }
        catch (Exception fault)
        {
            Read = ValueTask.FromException<int>(fault);
            _isPending = true;
        }
        return false;
    }
#pragma warning restore CA2012

    /// <summary>Completes when this stream may be read again.</summary>
    public async ValueTask LetOthersRunAsync()
    {
        (_atOnce, HasToWait) = (0, false);
        await Task.Yield();
    }

    public void Arrived(int bytes)
    {
        _isPending = false;
        _atOnce += bytes;
        _events.Add(bytes);
        if (bytes > 0)
            watchdog.ByteReceived();
        else
            IsAtEnd = true;
    }

    /// <exception cref="Exception">What went wrong, as <see cref="ResponseWatchdog.Translate"/> has it.</exception>
    public void Broke(Exception fault)
    {
        (_isPending, IsAtEnd) = (false, true);
        var translated = watchdog.Translate(fault);
        // The answer is whole once its finish reason has come: what broke after that took nothing from it.
        if (!updates.IsFinished || translated is not ModelException { Code: FailureCode.ModelUnavailable or FailureCode.ModelTimeout })
            throw translated;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isPending)
        {
            watchdog.Abort();
            try
            {
                await Read;
            }
            catch (Exception)
            {
                // Whoever leaves in mid-answer does not want to know how it would have gone on.
            }
        }
        // Not before nobody writes to it any more.
        _events.Dispose();
    }
}
