using ChatStream.Web.Contract;
using ChatStream.Web.Telemetry;

namespace ChatStream.Web.Providers.Failover;

/// <summary>A request to one deployment. Dispose of the pass when the request has ended.</summary>
internal sealed record Attempt(ModelDeployment Deployment, CoolDown.Pass Pass, AnsweringDeployment Answering);

/// <summary>
/// The way of one request through the deployments of a model: which one is asked next, and what the caller is told if none
/// answers. For one caller at a time.
/// </summary>
/// <param name="model">The model's name, for the log.</param>
/// <param name="deployments">In order of preference.</param>
/// <param name="patience">After a failure and this time, no further deployment is asked.</param>
/// <param name="time">Measures <paramref name="patience"/>.</param>
/// <param name="logger">Gets each failure that another deployment may hide.</param>
internal sealed partial class Attempts(
    string model, IReadOnlyList<ModelDeployment> deployments, TimeSpan patience, TimeProvider time, ILogger logger)
{
    private readonly List<Cooling> _failures = [];
    private readonly long _started = time.GetTimestamp();
    private int _next;

    /// <summary>Whether another deployment may answer where one has failed like this.</summary>
    public static bool MayMoveOn(ModelException fault) =>
        fault.Code == FailureCode.MalformedResponse ? fault.IsOfConnection : Rank(fault.Code) is not null;

    /// <summary>The next deployment that may be asked; null if none is left.</summary>
    public Attempt? Next()
    {
        while (_next < deployments.Count && (_failures.Count == 0 || time.GetElapsedTime(_started) < patience))
        {
            var (deployment, isFallback) = (deployments[_next], _next > 0);
            _next++;
            if (deployment.CoolDown.TryEnter(out var cooling) is { } pass)
                return new Attempt(deployment, pass, new AnsweringDeployment(deployment.Name, isFallback));
            _failures.Add(cooling!);
        }
        return null;
    }

    /// <summary>Notes that the deployment of an attempt failed before the first word.</summary>
    public void Failed(Attempt attempt, ModelException fault)
    {
        // A lone deployment cools only after a rate limit. After another fault the next request may well succeed, and nothing
        // else could answer it.
        var isLone = deployments.Count == 1;
        var cools = !isLone || fault.Code == FailureCode.RateLimited;
        if (cools)
            ChatMeter.CooledDown(model, attempt.Deployment.Name, fault.Code);
        _failures.Add(cools ? attempt.Pass.Failed(fault) : new Cooling(fault, fault.RetryAfter));
        if (isLone)
            return; // its failure is the answer's, which is logged
        var causes = fault.InnerException is { } inner ? FaultCauses.Of(inner) : "no exception";
        if (fault.Code is FailureCode.NotConfigured or FailureCode.QuotaExhausted)
            Log.NeedsCare(logger, attempt.Deployment.Name, _next, model, fault.Message, causes);
        else
            Log.Failed(logger, attempt.Deployment.Name, _next, model, fault.Message, causes);
    }

    /// <summary>
    /// What the caller is told when no deployment has answered: the failure that is most likely to pass, and the shortest wait.
    /// </summary>
    public ModelException Failure()
    {
        var cause = _failures.MinBy(failure => Rank(failure.Cause.Code))!.Cause;
        // The quota of one deployment does not come back while another one is busy.
        var wait = _failures.Where(failure => Rank(failure.Cause.Code) < Rank(FailureCode.QuotaExhausted))
            .Min(failure => failure.Seconds);
        return new ModelException(cause.Code, cause.Message, wait, cause.InnerException);
    }

    /// <summary>How likely a failure is to pass, the likeliest first; null: another deployment would fail alike.</summary>
    private static int? Rank(FailureCode code) => code switch
    {
        FailureCode.RateLimited => 0,
        FailureCode.ModelUnavailable or FailureCode.ModelTimeout => 1,
        FailureCode.MalformedResponse => 2,
        FailureCode.QuotaExhausted => 3,
        FailureCode.NotConfigured => 4,
        _ => null,
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message =
            "The deployment {Deployment}, number {Number} of the model {Model}, failed before the first word: {Reason} "
            + "({Causes})")]
        public static partial void Failed(
            ILogger logger, string deployment, int number, string model, string reason, string causes);

        [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message =
            "The deployment {Deployment}, number {Number} of the model {Model}, needs attention: {Reason} ({Causes}) "
            + "The model's other deployments are asked instead.")]
        public static partial void NeedsCare(
            ILogger logger, string deployment, int number, string model, string reason, string causes);
    }
}
