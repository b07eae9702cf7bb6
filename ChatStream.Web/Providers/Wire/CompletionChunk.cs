using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// What one event of a chat-completions stream holds, or the one body of an answer that is not streamed. A parser has but one,
/// which it fills anew: a chunk comes with every token.
/// </summary>
internal sealed class CompletionChunk
{
    /// <summary>The event was <c>[DONE]</c>.</summary>
    public bool IsDone { get; set; }

    public string? Id { get; set; }
    public string? Model { get; set; }
    public string? Role { get; set; }

    /// <summary>Content, or a refusal.</summary>
    public string? Text { get; set; }

    public string? Reasoning { get; set; }

    /// <summary>An open set.</summary>
    public string? FinishReason { get; set; }

    public UsageDetails? Usage { get; set; }
    public ServiceError? Error { get; set; }

    /// <summary>The categories whose filter stopped the prompt or the answer.</summary>
    public List<string>? FilteredBy { get; set; }

    /// <summary>The content filter itself was out of order: the text is unfiltered.</summary>
    public bool IsFilterOut { get; set; }

    /// <summary>There is a piece of the text in it, and nothing else that means anything.</summary>
    public bool IsTextOnly => Text is { Length: > 0 }
        && !IsDone && Reasoning is null && FinishReason is null && Usage is null && Error is null && FilteredBy is null && !IsFilterOut;

    public void Clear()
    {
        (IsDone, IsFilterOut) = (false, false);
        (Id, Model, Role, Text, Reasoning, FinishReason) = (null, null, null, null, null, null);
        (Usage, Error, FilteredBy) = (null, null, null);
    }
}

/// <summary>The <c>error</c> object, of an error's body or in a 200 stream.</summary>
internal sealed record ServiceError
{
    public string? Code { get; set; }
    public string? Type { get; set; }
    public string? Param { get; set; }
    public List<string>? FilteredBy { get; set; }
}
