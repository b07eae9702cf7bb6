using System.ClientModel;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Azure.Identity;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>
/// Cancels one request to a model when a time limit is reached, and remembers which limit it was. A byte only sets a time stamp.
/// The one timer compares it when it fires: setting a timer for each byte would cost more.
/// </summary>
internal sealed class ResponseWatchdog : IDisposable
{
    /// <summary>
    /// How long a server may keep the stream open after the finish reason. Usage and a late filter verdict follow at once, and
    /// some servers never send <c>[DONE]</c>.
    /// </summary>
    private static readonly TimeSpan AfterFinish = TimeSpan.FromSeconds(5);

    private readonly ModelTimeouts _limits;
    private readonly TimeProvider _time;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationTokenRegistration _callerGone;
    private readonly long _started;
    private readonly ITimer _timer;
    private long _lastByte; // 0: none yet
    private bool _isEnd;
    private volatile string? _exceeded;

    public ResponseWatchdog(ModelTimeouts limits, TimeProvider time, CancellationToken caller)
    {
        (_limits, _time, _caller) = (limits, time, caller);
        _started = time.GetTimestamp();
        _callerGone = caller.UnsafeRegister(static cancel => ((CancellationTokenSource)cancel!).Cancel(), _cancel);
        var first = Nearest(limits.FirstByte, limits.BetweenBytes);
        _timer = time.CreateTimer(static dog => ((ResponseWatchdog)dog!).Look(), this, first, Timeout.InfiniteTimeSpan);
    }

    /// <summary>For every operation on the response. Cancelled when the caller cancels or a limit is reached.</summary>
    public CancellationToken Token => _cancel.Token;

    /// <summary>Restarts the limit between bytes.</summary>
    public void ByteReceived() => Volatile.Write(ref _lastByte, _time.GetTimestamp());

    /// <summary>The request is sent once more, so what has come so far is not a byte of its answer.</summary>
    public void BeginAgain() => Volatile.Write(ref _lastByte, 0);

    /// <summary>Says whether only the end of the stream is expected, which gets only <see cref="AfterFinish"/>.</summary>
    public void Expects(bool isEnd)
    {
        if (isEnd == _isEnd)
            return;
        _isEnd = isEnd;
        if (isEnd)
            _timer.Change(AfterFinish, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancels every operation on the response.</summary>
    public void Abort() => _cancel.Cancel();

    /// <summary>
    /// Turns a fault of an operation on the response into the exception for the caller. That is an
    /// <see cref="OperationCanceledException"/> if the caller cancelled, else a <see cref="ModelException"/>. A fault of an
    /// unknown kind is returned as it is.
    /// </summary>
    public Exception Translate(Exception fault)
    {
        if (fault is ModelException)
            return fault;
        if (_caller.IsCancellationRequested)
            return new OperationCanceledException(_caller);
        if (_exceeded is { } limit)
            return OfConnection(FailureCode.ModelTimeout, limit, fault);
        return fault switch
        {
            JsonException => new ModelException(
                FailureCode.MalformedResponse, "The model service sent something that is not JSON.", inner: fault),
            AuthenticationFailedException => new ModelException(
                FailureCode.NotConfigured, "Entra ID gave no token for the model service.", inner: fault),
            IOException or HttpRequestException or SocketException or WebException or ClientResultException or AggregateException
                or OperationCanceledException => OfConnection(FailureCode.ModelUnavailable, _lastByte == 0
                    ? "The model service could not be reached."
                    : "The connection to the model service broke.", fault),
            _ => fault,
        };
    }

    public void Dispose()
    {
        _callerGone.Dispose();
        _timer.Dispose();
        _cancel.Dispose();
    }

    private static ModelException OfConnection(FailureCode code, string message, Exception fault) =>
        new(code, message, inner: fault) { IsOfConnection = true };

    // Bytes do not set the timer, so it never sleeps longer than the limit between bytes.
    private TimeSpan Nearest(params ReadOnlySpan<TimeSpan> limits)
    {
        var nearest = _limits.Total - _time.GetElapsedTime(_started);
        foreach (var limit in limits)
            nearest = limit < nearest ? limit : nearest;
        return nearest;
    }

    private void Look()
    {
        var lastByte = Volatile.Read(ref _lastByte);
        var limit = _isEnd ? AfterFinish : lastByte == 0 ? _limits.FirstByte : _limits.BetweenBytes;
        var left = limit - _time.GetElapsedTime(lastByte == 0 ? _started : lastByte);
        if (left <= TimeSpan.Zero)
            Exceed(lastByte == 0 ? "The model sent nothing within the time limit." : "The model fell silent in mid-answer.");
        else if (Nearest(left, _limits.BetweenBytes) is var next && next <= TimeSpan.Zero)
            Exceed("The answer took longer than the time limit.");
        else
            Rearm(next);
    }

    private void Exceed(string what)
    {
        _exceeded = what;
        try
        {
            _cancel.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The response ended while the timer fired.
        }
    }

    // Rounded up, because a timer that fires a little early would otherwise fire many times in its last millisecond.
    private void Rearm(TimeSpan left) => _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
}
