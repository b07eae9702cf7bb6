using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// The content of one event of a stream, or of the body of an answer that is not streamed, in the terms of chat completions. A
/// parser has only one, and fills it again for each event, because a chunk comes with every token.
/// </summary>
[DebuggerDisplay("{Id}: text {Text}, reasoning {Reasoning}, finish reason {FinishReason}, done {IsDone}")]
internal sealed class AnswerChunk
{
    /// <summary>True for the event that ends a stream: <c>[DONE]</c>, or the one with the whole response.</summary>
    public bool IsDone { get; set; }

    public string? Id { get; set; }
    public string? Model { get; set; }
    public string? Role { get; set; }

    /// <summary>The content, or the model's refusal.</summary>
    public string? Text { get; set; }

    public string? Reasoning { get; set; }

    /// <summary>As the service sent it, and never blank. Services add values of their own.</summary>
    public string? FinishReason { get; set; }

    public UsageDetails? Usage { get; set; }

    /// <summary>The items of the output with encrypted reasoning, as JSON; null: there are none.</summary>
    public List<string>? EncryptedReasoning { get; set; }

    public ServiceError? Error { get; set; }

    /// <summary>The categories whose filter stopped the answer.</summary>
    public List<FilteredCategory>? FilteredBy { get; set; }

    /// <summary>The categories whose filter stopped the prompt.</summary>
    public List<FilteredCategory>? PromptFilteredBy { get; set; }

    /// <summary>True if the filter tells where it looked: it looks after the text has been sent.</summary>
    public bool IsFilteredLate { get; set; }

    /// <summary>True if the content filter did not work, so that the text is unfiltered.</summary>
    public bool IsUnfiltered { get; set; }

    /// <summary>True if the model asks for a tool.</summary>
    public bool HasToolCall { get; set; }

    /// <summary>True if there is content of a kind that cannot be read as text.</summary>
    public bool HasUnknownContent { get; set; }

    /// <summary>True if the chunk has a piece of text and nothing else that an update carries.</summary>
    public bool IsTextOnly => Text is { Length: > 0 } && !IsDone && Reasoning is null && FinishReason is null
        && Usage is null && Error is null && FilteredBy is null && PromptFilteredBy is null && !HasToolCall;

    /// <summary>True if it tells nothing of an answer.</summary>
    public bool IsEmpty => Id is null && Model is null && Role is null && Text is null && Reasoning is null
        && !IsDone && FinishReason is null && Usage is null && Error is null && FilteredBy is null && PromptFilteredBy is null
        && !HasUnknownContent && !IsUnfiltered && !HasToolCall;

    public void Clear()
    {
        (IsDone, IsUnfiltered, HasUnknownContent, IsFilteredLate, HasToolCall) = (false, false, false, false, false);
        (Id, Model, Role, Text, Reasoning, FinishReason) = (null, null, null, null, null, null);
        (Usage, Error, FilteredBy, PromptFilteredBy, EncryptedReasoning) = (null, null, null, null, null);
    }
}
