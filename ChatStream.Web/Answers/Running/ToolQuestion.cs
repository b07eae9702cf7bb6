using ChatStream.Web.Contract;

namespace ChatStream.Web.Answers.Running;

/// <summary>A question to the user whether a call may be made. The first decision counts.</summary>
internal sealed class ToolQuestion
{
    private static readonly ToolDecision NoAnswer = new() { Decision = ToolVerdict.Deny };

    private readonly TaskCompletionSource<ToolDecision> _decision = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the decision.</summary>
    public Task<ToolDecision> Decision => _decision.Task;

    /// <summary>Completes when the decision is stored; false: the answer has ended before.</summary>
    public Task Stored => _stored.Task;

    /// <returns>False: it was decided before.</returns>
    public bool TryDecide(ToolDecision decision) => _decision.TrySetResult(decision);

    /// <summary>Nobody has answered in time. The call is denied, unless it was decided just before.</summary>
    public void Expire() => _decision.TrySetResult(NoAnswer);

    /// <summary>Whether a decision of a question is that nobody has answered in time.</summary>
    public static bool IsNoAnswer(ToolDecision decision) => ReferenceEquals(decision, NoAnswer);

    public void MarkStored() => _stored.TrySetResult();

    /// <summary>The answer has ended, and nothing was decided.</summary>
    public void Close() => _stored.TrySetCanceled();
}
