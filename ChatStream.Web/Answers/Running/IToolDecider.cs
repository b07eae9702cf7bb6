using ChatStream.Web.Contract;

namespace ChatStream.Web.Answers.Running;

/// <summary>Takes the decisions of users about calls of tools that ask first, for controllers.</summary>
public interface IToolDecider
{
    /// <summary>Decides about a call. The same decision twice is one. It is stored when this completes.</summary>
    /// <param name="owner">The user or program that decides.</param>
    /// <param name="id">The generation's id.</param>
    /// <param name="callId">The call's id.</param>
    /// <param name="decision">What is decided.</param>
    /// <param name="cancellationToken">The request's token. A decision that was taken stays.</param>
    /// <exception cref="RefusedException">
    /// 404: the owner has no such generation, or it no such call; 409: it was decided otherwise, or never asked for.
    /// </exception>
    Task DecideAsync(Owner owner, string id, string callId, ToolDecision decision, CancellationToken cancellationToken);
}
