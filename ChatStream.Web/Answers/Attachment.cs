using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Streaming;

namespace ChatStream.Web.Answers;

/// <summary>A reader at its position in an answer's log. The caller disposes of the reader.</summary>
/// <param name="GenerationId">The generation that is read.</param>
/// <param name="Reader">Null where the client has everything already.</param>
public sealed record Attachment(string GenerationId, FrameReader? Reader)
{
    /// <summary>
    /// Another instance, which ran the answer and still has its frames. It continues the asked position exactly, and
    /// <see cref="Reader"/> does not. Null: there is none.
    /// </summary>
    internal InstanceRow? Elsewhere { get; init; }

    /// <summary>The budget of which the user of a start is to be warned; null: there is none.</summary>
    public BudgetUse? Budget { get; init; }
}
