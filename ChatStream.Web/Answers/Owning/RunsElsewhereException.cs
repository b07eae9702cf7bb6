using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Owning;

/// <summary>The request is about an answer that another instance runs. It is forwarded there.</summary>
internal sealed class RunsElsewhereException(InstanceRow instance)
    : Exception("Another instance runs this answer.")
{
    /// <summary>What the client is told if that instance cannot be reached.</summary>
    public static readonly Refusal Unreached = new(503, Field: null, "The server that runs this answer cannot be reached.")
    {
        Code = "answer_elsewhere",
        RetryAfter = 1,
    };

    public InstanceRow Instance { get; } = instance;
}
