using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Providers;

/// <summary>The chunks of a stream, and whether another has arrived already: then it is read ahead, one at most.</summary>
internal sealed class ArrivingChunks(Stream body, CompletionParser parser, UpdateBuilder updates, ResponseWatchdog watchdog) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<SseItem<CompletionChunk>> _events =
        SseParser.Create(body, (_, data) => parser.Parse(data)).EnumerateAsync(watchdog.Token).GetAsyncEnumerator(watchdog.Token);

    private ValueTask<bool> _ahead;
    private bool _isReadingAhead;
    private bool _hasArrived;

    public CompletionChunk Current => _events.Current.Data;

    /// <summary>Whether <see cref="MoveNextAsync"/> would give another at once. <see cref="Current"/> is that one from now on.</summary>
    public bool HasArrived()
    {
        if (!_isReadingAhead)
        {
#pragma warning disable CA2012 // it is awaited once: by MoveNextAsync, or at the end
            _ahead = ReadAsync();
#pragma warning restore CA2012
            _isReadingAhead = true;
        }
        if (!_ahead.IsCompletedSuccessfully)
            return false;
        // A result may be taken once only.
        (_ahead, _hasArrived) = (new ValueTask<bool>(_ahead.Result), true);
        return _ahead.Result;
    }

    public ValueTask<bool> MoveNextAsync()
    {
        if (!_isReadingAhead)
            return ReadAsync();
        _isReadingAhead = _hasArrived = false;
        return _ahead;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isReadingAhead && !_hasArrived)
        {
            watchdog.Abort();
            try
            {
                await _ahead;
            }
            catch (Exception)
            {
                // Whoever leaves in mid-answer does not want to know how it would have gone on.
            }
        }
        await _events.DisposeAsync();
    }

    // Pooled: this waits once a token.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadAsync()
    {
        try
        {
            return await _events.MoveNextAsync();
        }
        catch (Exception fault)
        {
            var translated = watchdog.Translate(fault);
            // The answer is whole once its finish reason has come: what broke after that took nothing from it.
            if (updates.IsFinished && translated is ModelException { Code: FailureCode.ModelUnavailable or FailureCode.ModelTimeout })
                return false;
            throw translated;
        }
    }
}
