using ChatStream.Web.Contract;

namespace ChatStream.Web.Providers;

/// <summary>A model did not answer as it should. The message is for the client: no host name, key, path or upstream text.</summary>
internal sealed class ModelException(
    FailureCode code, string message, int? retryAfter = null, Exception? inner = null, IReadOnlyList<string>? categories = null)
    : Exception(message, inner)
{
    public FailureCode Code => code;

    /// <summary>Whole seconds, where the service told.</summary>
    public int? RetryAfter => retryAfter;

    public FailurePayload ToFailure() => new(Code, Message, RetryAfter, categories);
}
