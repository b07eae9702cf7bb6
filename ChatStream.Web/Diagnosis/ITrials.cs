using ChatStream.Web.Contract;
using ChatStream.Web.Streaming;

namespace ChatStream.Web.Diagnosis;

/// <summary>
/// The trial streams of this process. A user has one: the next one ends it. Nothing of them is stored, and no model is asked.
/// </summary>
public interface ITrials
{
    /// <summary>
    /// How long a silence must be watched to know what becomes of it: two comments, and half the time to the next.
    /// </summary>
    TimeSpan Silence { get; }

    /// <summary>Starts a stream, and ends the one that the caller had.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="kind">What it sends.</param>
    /// <param name="request">How the request arrived.</param>
    /// <param name="readerGone">Cancelled when the client disconnects.</param>
    /// <returns>The only reader. The caller disposes of it.</returns>
    /// <exception cref="RefusedException">429, with the seconds to wait.</exception>
    FrameReader Start(Caller caller, TrialKind kind, TrialRequestPayload request, CancellationToken readerGone);

    /// <summary>What became of a stream. It is known for a minute after its end.</summary>
    /// <param name="owner">The user.</param>
    /// <param name="id">The stream's.</param>
    /// <param name="instance">The instance that has it; null: this one.</param>
    /// <exception cref="RefusedException">404: this user has no such stream.</exception>
    TrialStatePayload StateOf(Owner owner, string id, string? instance);

    /// <summary>Ends a stream. Does nothing if it has ended.</summary>
    /// <param name="owner">The user.</param>
    /// <param name="id">The stream's.</param>
    /// <param name="instance">The instance that has it; null: this one.</param>
    /// <exception cref="RefusedException">404: this user has no such stream.</exception>
    void EndStream(Owner owner, string id, string? instance);
}
