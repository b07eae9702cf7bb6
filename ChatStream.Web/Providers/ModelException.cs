using ChatStream.Web.Contract;

namespace ChatStream.Web.Providers;

/// <summary>
/// A model failed to answer. Clients see the message, so it holds no host name, key, path or text of the service.
/// </summary>
/// <param name="code">The contract's code.</param>
/// <param name="message">English, for programs.</param>
/// <param name="retryAfter">Whole seconds; null if the service gave none.</param>
/// <param name="inner">The cause, for the log only.</param>
/// <param name="categories">What a content filter found; null if it did not say.</param>
internal sealed class ModelException(
    FailureCode code, string message, int? retryAfter = null, Exception? inner = null, IReadOnlyList<string>? categories = null)
    : Exception(message, inner)
{
    public FailureCode Code => code;

    /// <summary>Whole seconds; null if the service gave none.</summary>
    public int? RetryAfter => retryAfter;

    public FailurePayload ToFailure() => new(Code, Message, RetryAfter, categories);
}
