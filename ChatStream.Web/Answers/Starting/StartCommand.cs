using ChatStream.Web.Contract;

namespace ChatStream.Web.Answers.Starting;

/// <summary>A start that was checked, as <see cref="StartStore"/> stores it.</summary>
/// <param name="Request">What the client asked for.</param>
/// <param name="Model">The model that will answer, by its name in the catalogue.</param>
/// <param name="GenerationId">The new answer's id.</param>
/// <param name="Key">How a repeat is recognised; null: never.</param>
/// <param name="Tokens">The message's length in tokens; 0 where there is no message.</param>
internal sealed record StartCommand(StartRequest Request, string Model, string GenerationId, RepeatKey? Key, int Tokens)
{
    /// <summary>The earlier generation under the same key that this start replaces; null: an earlier one is a repeat.</summary>
    public string? Replaces { get; init; }

    /// <summary>Whether readers see frames only once they are stored. The stored answer then has their outline.</summary>
    public bool IsShownAfterCommit { get; init; }
}

/// <summary>What a start led to.</summary>
/// <param name="GenerationId">The generation to attach to.</param>
/// <param name="New">What was stored; null where the start was a repeat.</param>
internal sealed record StartOutcome(string GenerationId, StartPayload? New);
