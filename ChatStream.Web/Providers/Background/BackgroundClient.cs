using System.Runtime.CompilerServices;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers.Deployments;
using ChatStream.Web.Providers.Responses;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Background;

/// <summary>
/// The <see cref="IChatClient"/> of one deployment whose answers are made in the background. If a connection breaks, the answer
/// goes on over another one after the last event that was read: nothing is asked, or paid for, twice. With a position in the
/// options, it goes on with an answer that another process began. Thread-safe.
/// </summary>
/// <remarks>
/// Throws as <see cref="DeploymentClient"/> does. An answer of another process that its service does not go on with, fails
/// with <see cref="FailureCode.Interrupted"/>. The position of an answer comes with its updates, and <see cref="PositionToken"/>
/// reads it.
/// </remarks>
internal sealed partial class BackgroundClient(
    DeploymentClient client, ModelTimeouts timeouts, TimeProvider time, ILogger<BackgroundClient> logger)
    : DelegatingChatClient(client)
{
    /// <summary>Tries in a row without anything new.</summary>
    private const int MostTries = 5;

    /// <summary>Before the second try. Each further pause is twice as long. The first try comes at once.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long a caller that leaves before the service has named the response is survived: the id is needed to cancel it.
    /// </summary>
    private static readonly TimeSpan UntilNamed = TimeSpan.FromSeconds(10);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var position = PositionToken.Of(options);
        // What the caller is told if the answer does not go on: how it broke off.
        var broken = position is null
            ? null
            : new ModelException(FailureCode.Interrupted, "The server went away while it answered.");
        var (started, tries) = (time.GetTimestamp(), 0);
        using var leave = new Leave(isNamed: position is not null, time, cancellationToken);
        while (true)
        {
            var asked = position is null ? options : PositionToken.With(options, position);
            await using var updates = client.GetStreamingResponseAsync(messages, asked, leave.Token)
                .GetAsyncEnumerator(CancellationToken.None);
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync())
                        yield break;
                }
                catch (ModelException fault) when (position is not null)
                {
                    broken ??= fault;
                    if (!fault.IsOfConnection)
                        throw fault.Code == FailureCode.Interrupted ? broken : fault;
                    if (tries < MostTries && time.GetElapsedTime(started) < timeouts.Total)
                        break;
                    // Another deployment may be asked now, and nobody will read this answer.
                    await client.CancelAsync(position);
                    throw broken;
                }
                var update = updates.Current;
                if (PositionToken.Of(update) is { } next)
                {
                    (position, broken, tries) = (next, null, 0);
                    if (leave.Named())
                    {
                        await client.CancelAsync(position);
                        cancellationToken.ThrowIfCancellationRequested();
                    }
                }
                yield return update;
            }
            if (tries > 0)
                await Task.Delay(FirstPause * Math.Pow(2, tries - 1), time, cancellationToken);
            tries++;
            Log.GoesOn(logger, position.Sequence, tries);
        }
    }

    /// <summary>
    /// A caller's leave. Before the response has its name, it is put off: the service would go on, and nobody could cancel it.
    /// </summary>
    private sealed class Leave : IDisposable
    {
        private readonly CancellationTokenSource _source = new();
        private readonly TimeProvider _time;
        private readonly CancellationToken _caller;
        private readonly CancellationTokenRegistration _left;
        private ITimer? _patience;
        private volatile bool _isNamed;

        public Leave(bool isNamed, TimeProvider time, CancellationToken caller)
        {
            (_isNamed, _time, _caller) = (isNamed, time, caller);
            _left = caller.UnsafeRegister(static self => ((Leave)self!).Take(), this);
        }

        /// <summary>For the request.</summary>
        public CancellationToken Token => _source.Token;

        /// <summary>Notes that the response has its name now.</summary>
        /// <returns>Whether the caller has left before.</returns>
        public bool Named()
        {
            var wasNamed = _isNamed;
            _isNamed = true;
            return !wasNamed && _caller.IsCancellationRequested;
        }

        public void Dispose()
        {
            _left.Dispose();
            _patience?.Dispose();
            _source.Dispose();
        }

        private void Take()
        {
            if (_isNamed)
                Cancel();
            else
                _patience = _time.CreateTimer(
                    static self => ((Leave)self!).Cancel(), this, UntilNamed, Timeout.InfiniteTimeSpan);
        }

        private void Cancel()
        {
            try
            {
                _source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The answer ended while the timer fired.
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information,
            Message = "A background answer goes on after event {Sequence}, over another connection (try {Try}).")]
        public static partial void GoesOn(ILogger logger, long sequence, int @try);
    }
}
