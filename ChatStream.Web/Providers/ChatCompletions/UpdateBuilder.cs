using ChatStream.Web.Providers.Wire;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.ChatCompletions;

/// <summary>Turns chunks into updates, and remembers whether the answer has ended. One per answer.</summary>
internal sealed class UpdateBuilder
{
    private bool _isFiltered;

    /// <summary>True once a finish reason has come, or a filter's verdict, which counts as one.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>An update with a piece of text and nothing else.</summary>
    public static ChatResponseUpdate OfText(string? id, string? model, string text) =>
        New(id, model, new List<AIContent>(1) { new TextContent(text) });

    public ChatResponseUpdate Of(CompletionChunk chunk)
    {
        var update = New(chunk.Id, chunk.Model, []);
        if (chunk.Reasoning is { Length: > 0 } reasoning)
            update.Contents.Add(new TextReasoningContent(reasoning));
        if (chunk.Text is { Length: > 0 } text)
            update.Contents.Add(new TextContent(text));
        if (chunk.Usage is { } usage)
            update.Contents.Add(new UsageContent(usage));

        if (chunk.FinishReason is { } reason)
            update.FinishReason = new ChatFinishReason(reason);
        // Azure's asynchronous filter may give its verdict after "stop". Then the answer counts as filtered.
        if ((chunk.FilteredBy is not null || update.FinishReason == ChatFinishReason.ContentFilter) && !_isFiltered)
        {
            _isFiltered = true;
            update.FinishReason = ChatFinishReason.ContentFilter;
            update.Contents.Add(ModelFailures.AnswerFiltered(chunk.FilteredBy));
        }
        IsFinished |= update.FinishReason is not null;
        return update;
    }

    private static ChatResponseUpdate New(string? id, string? model, List<AIContent> contents) => new()
    {
        Role = ChatRole.Assistant,
        // Both are empty in the chunks of Azure's filter.
        ResponseId = NullIfEmpty(id),
        ModelId = NullIfEmpty(model),
        Contents = contents,
    };

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
