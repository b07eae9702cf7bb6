using ChatStream.Web.Contract;

namespace ChatStream.Web.Providers;

/// <summary>
/// A model failed to answer. Clients see the message, so it holds no host name, key, path or text of the service.
/// </summary>
/// <param name="failure">What the client is told.</param>
/// <param name="inner">The cause, for the log only.</param>
internal sealed class ModelException(FailurePayload failure, Exception? inner = null) : Exception(failure.Message, inner)
{
    /// <param name="code">The contract's code.</param>
    /// <param name="message">English, for programs.</param>
    /// <param name="retryAfter">Whole seconds; null if the service gave none.</param>
    /// <param name="inner">The cause, for the log only.</param>
    public ModelException(FailureCode code, string message, int? retryAfter = null, Exception? inner = null)
        : this(new FailurePayload(code, message, retryAfter), inner)
    {
    }

    public FailureCode Code => failure.Code;

    /// <summary>Whole seconds; null if the service gave none.</summary>
    public int? RetryAfter => failure.RetryAfter;

    /// <summary>
    /// Whether the connection failed, or the service for the moment, and not the answer: one that is made in the background may
    /// be going on, and another deployment may answer.
    /// </summary>
    public bool IsOfConnection { get; init; }

    public FailurePayload ToFailure() => failure;
}
