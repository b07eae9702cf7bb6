using ChatStream.Web.Contract;

namespace ChatStream.Web.Providers.Failover;

/// <summary>
/// Whether a deployment may be asked now. After a failure it cools: it is not asked until a time has passed. Then one request is
/// let through as a probe, and all others still find it cooling. If the probe is answered, the cool-down is over. If it fails,
/// the deployment cools again. One for each deployment and process. Thread-safe.
/// </summary>
internal sealed class CoolDown(FailoverOptions options, TimeProvider time)
{
    /// <summary>
    /// A service that refuses does so at once. A probe that has begun, or that comes after a rate limit, and was not refused by
    /// then counts as answered: a reasoning model may send no word for minutes.
    /// </summary>
    public static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private ModelException? _cause; // null: it does not cool
    private long _since;
    private TimeSpan _length;
    private int _failures; // the first one, and the probes after it
    private int _probe; // the number of the probe that is under way; 0: none is
    private int _probes;
    private long _probeSince;
    private bool _hasProbeBegun;

    /// <summary>Why the deployment is not asked now; null: it is.</summary>
    public Cooling? Now
    {
        get
        {
            lock (_gate)
            {
                return _cause is not null && _length > time.GetElapsedTime(_since)
                    ? new Cooling(_cause, (int)Math.Ceiling((_length - time.GetElapsedTime(_since)).TotalSeconds))
                    : null;
            }
        }
    }

    /// <summary>Asks for leave to send a request. Each pass must be disposed once the request has ended.</summary>
    /// <param name="cooling">Why the request must not be sent; null if it may.</param>
    /// <returns>Null if the request must not be sent.</returns>
    public Pass? TryEnter(out Cooling? cooling)
    {
        lock (_gate)
        {
            cooling = null;
            if (_probe != 0 && (_hasProbeBegun || _cause!.Code == FailureCode.RateLimited)
                && time.GetElapsedTime(_probeSince) >= ProbePatience)
                End();
            if (_cause is null)
                return new Pass(this, probe: 0);
            var left = _length - time.GetElapsedTime(_since);
            if (left > TimeSpan.Zero || _probe != 0)
            {
                cooling = new Cooling(_cause, SecondsLeft());
                return null;
            }
            (_probe, _probeSince, _hasProbeBegun) = (++_probes, time.GetTimestamp(), false);
            return new Pass(this, _probe);
        }
    }

    private void Begun(int probe)
    {
        lock (_gate)
            _hasProbeBegun |= probe == _probe;
    }

    private void Answered(int probe)
    {
        lock (_gate)
        {
            // A request that was sent before the failure says nothing about the time after it.
            if (probe != 0 && probe == _probe)
                End();
        }
    }

    private Cooling Failed(ModelException cause, int probe)
    {
        if (options.LongestCoolDown == TimeSpan.Zero)
            return new Cooling(cause, cause.RetryAfter);
        lock (_gate)
        {
            var isProbe = probe != 0 && probe == _probe;
            if (isProbe)
                _probe = 0;
            // Requests that were sent at the same time fail together, and count once.
            var isNew = isProbe || _cause is null;
            if (isNew)
                _failures++;
            var length = LengthOf(cause);
            if (isNew || length > _length - time.GetElapsedTime(_since))
                (_cause, _since, _length) = (cause, time.GetTimestamp(), length);
            return new Cooling(cause, SecondsLeft());
        }
    }

    private void Left(int probe)
    {
        lock (_gate)
        {
            // The next request is the probe then.
            if (probe == _probe)
                _probe = 0;
        }
    }

    private void End() => (_cause, _failures, _probe) = (null, 0, 0);

    private TimeSpan LengthOf(ModelException cause)
    {
        if (cause.RetryAfter is { } seconds)
            return Shorter(TimeSpan.FromSeconds(Math.Max(1, seconds)), options.LongestCoolDown);
        var length = options.CoolDown;
        for (var i = 1; i < _failures && length < options.LongestCoolDown; i++)
            length *= 2;
        return Shorter(length, options.LongestCoolDown);
    }

    // A service's own time counts where it is longer: a probe before that is only a try.
    private int SecondsLeft()
    {
        var length = Math.Max(_cause!.RetryAfter ?? 0, _length.TotalSeconds);
        return (int)Math.Clamp(Math.Ceiling(length - time.GetElapsedTime(_since).TotalSeconds), 1, int.MaxValue);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Leave to send one request.</summary>
    /// <param name="coolDown">The deployment's.</param>
    /// <param name="probe">The number of the probe that the request is; 0: it is none.</param>
    public sealed class Pass(CoolDown coolDown, int probe) : IDisposable
    {
        /// <summary>The deployment has taken the request. It may still refuse it in the stream.</summary>
        public void Begun() => coolDown.Begun(probe);

        /// <summary>The first word of the answer has come.</summary>
        public void Answered() => coolDown.Answered(probe);

        /// <summary>The deployment failed, and cools from now on.</summary>
        /// <returns>How long it is to be left alone.</returns>
        public Cooling Failed(ModelException cause) => coolDown.Failed(cause, probe);

        /// <summary>The request has ended. If it was a probe without a result, the next request is the probe.</summary>
        public void Dispose() => coolDown.Left(probe);
    }
}

/// <summary>A deployment that failed.</summary>
/// <param name="Cause">Its failure.</param>
/// <param name="Seconds">Whole seconds until it should be asked again, at least 1; null if that is not known.</param>
internal sealed record Cooling(ModelException Cause, int? Seconds);
