using System.Reflection;
using ChatStream.Web.Limits;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Owning;

/// <summary>
/// That this instance counts as alive. It renews that every two seconds. Where it cannot for eight, it takes itself for dead:
/// after ten the others do.
/// </summary>
internal sealed partial class Lease(
    IInstances instances,
    Instance instance,
    InstanceAddress address,
    StartLimits limits,
    [FromKeyedServices(StorageSetup.Clock)] TimeProvider time,
    ILogger<Lease> logger)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>How long an instance counts as alive without another word.</summary>
    private static readonly TimeSpan AliveFor = TimeSpan.FromSeconds(10);

    /// <summary>Measured from before the last renewal was asked for, so the others begin to count later.</summary>
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(8);

    /// <summary>How long one try may take, so that the next one is in time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.8);

    /// <summary>The version of ChatStream that this process runs.</summary>
    public static readonly string Version =
        typeof(Lease).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private long _renewed;
    private volatile bool _isTaken;

    /// <summary>Whether this instance counts as alive. If not, it starts nothing, and what it ran is lost.</summary>
    public bool IsHeld => !instances.HasOthers
        || (_isTaken && time.GetElapsedTime(Interlocked.Read(ref _renewed)) < GivenUpAfter);

    /// <summary>Adds this instance to the others. It must be among them before it starts an answer.</summary>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        await instances.AddAsync(Row, AliveFor, cancellationToken);
        Interlocked.Exchange(ref _renewed, begun);
        _isTaken = true;
    }

    /// <summary>Joins the others anew, as another instance: what it ran until now is lost.</summary>
    public async Task BeginAnewAsync(CancellationToken cancellationToken)
    {
        var before = instance.Id;
        instance.BeginAnew();
        await TakeAsync(cancellationToken);
        await instances.RemoveAsync(before, cancellationToken);
    }

    /// <summary>Renews it, or notes that this could not be done.</summary>
    /// <returns>False: this instance counts as dead, or may soon. What it runs is no longer its own.</returns>
    public async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        try
        {
            if (!await instances.RenewAsync(Row, AliveFor, cancellationToken).WaitAsync(Patience, time, cancellationToken))
            {
                if (_isTaken)
                    Log.TakenForDead(logger);
                return _isTaken = false;
            }
            Interlocked.Exchange(ref _renewed, begun);
            _isTaken = true;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotRenewed(logger, fault);
            // The next try would be too late. While there are no others, nobody takes this one for dead.
            if (!instances.HasOthers)
                return true;
            if (time.GetElapsedTime(Interlocked.Read(ref _renewed)) > GivenUpAfter - Every)
                _isTaken = false;
        }
        return _isTaken;
    }

    /// <summary>
    /// Gives it back: this instance runs nothing any more. If that fails, the others wait until its time is over.
    /// </summary>
    public async Task EndAsync()
    {
        _isTaken = false;
        try
        {
            await instances.RemoveAsync(instance.Id, CancellationToken.None).WaitAsync(Patience, time);
        }
        catch (Exception fault)
        {
            // Whatever it is: the app stops.
            Log.NotRenewed(logger, fault);
        }
    }

    private InstanceRow Row
    {
        get
        {
            var (running, started) = limits.Use;
            return new(instance.Id, address.Value, Version) { Running = running, Started = started };
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Critical,
            Message = "The other instances take this one for dead. What it runs ends.")]
        public static partial void TakenForDead(ILogger logger);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "This instance could not tell the others that it lives.")]
        public static partial void NotRenewed(ILogger logger, Exception fault);
    }
}
