using ChatStream.Web.Contract;
using ChatStream.Web.Providers.Wire;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>How sure it is that an answer has ended. Services send a finish reason with chunks that are not the last.</summary>
internal enum Ending
{
    /// <summary>There was no finish reason.</summary>
    None,

    /// <summary>
    /// A finish reason came with reasoning, or something followed it. Only the end of the stream shows that it held.
    /// </summary>
    Doubtful,

    /// <summary>
    /// A finish reason came that is not known here, or "stop" came before any word, and nothing since. The stream has to end
    /// properly: some services mark their first chunk with "stop", or the end of the reasoning.
    /// </summary>
    Unknown,

    /// <summary>A finish reason came with text, and nothing since.</summary>
    Likely,

    /// <summary>A finish reason came alone, and nothing since. A filter's verdict counts as one.</summary>
    Certain,
}

/// <summary>Turns chunks into updates, and remembers whether the answer has ended. One per answer.</summary>
internal sealed class UpdateBuilder
{
    private bool _isFiltered;
    private bool _hasToolCall;
    private bool _wasWrong; // something followed a finish reason
    private bool _hasText;

    public Ending Ending { get; private set; }

    /// <summary>Whether it ended for calls of tools that have not come, and no word has come either.</summary>
    public bool LacksCalls { get; private set; }

    /// <summary>An update with a piece of text and nothing else.</summary>
    public static ChatResponseUpdate OfText(string? id, string? model, string text) =>
        New(id, model, new List<AIContent>(1) { new TextContent(text) });

    /// <summary>What a chunk that ends the answer as failed adds to it; null: nothing.</summary>
    public static ChatResponseUpdate? OfContent(AnswerChunk chunk)
    {
        var update = New(chunk.Id, chunk.Model, []);
        AddContent(chunk, update);
        return update.Contents.Count > 0 ? update : null;
    }

    public ChatResponseUpdate Of(AnswerChunk chunk)
    {
        var update = New(chunk.Id, chunk.Model, []);
        AddContent(chunk, update);
        _hasToolCall |= chunk.HasToolCall;
        _hasText |= chunk.Text is { Length: > 0 };

        if (chunk.FinishReason is { } reason)
            update.FinishReason = MeaningOf(reason);
        // Azure's asynchronous filter may give its verdict after "stop". Then the answer counts as filtered.
        var isOfPrompt = chunk.FilteredBy is null && chunk.PromptFilteredBy is not null;
        var isFiltered = chunk.FilteredBy is not null || isOfPrompt || update.FinishReason == ChatFinishReason.ContentFilter;
        if (isFiltered && !_isFiltered)
        {
            _isFiltered = true;
            update.FinishReason = ChatFinishReason.ContentFilter;
            // A reason other than the filter's own says that the text has been sent whole.
            var isLate = chunk.IsFilteredLate || Ending != Ending.None
                || (chunk.FinishReason is { } word && FinishReasons.Of(word) != ChatFinishReason.ContentFilter);
            update.Contents.Add(isOfPrompt
                ? ModelFailures.AnswerFiltered(chunk.PromptFilteredBy, isLate: _hasText, FilteredPart.Prompt)
                : ModelFailures.AnswerFiltered(chunk.FilteredBy, isLate));
        }
        if (update.FinishReason is { } finish)
            Ending = EndingOf(chunk, finish);
        else if (HasContent(chunk))
            GoOn();
        return update;
    }

    /// <summary>Text has come, without a finish reason.</summary>
    public void Continue()
    {
        _hasText = true;
        GoOn();
    }

    private static void AddContent(AnswerChunk chunk, ChatResponseUpdate update)
    {
        if (chunk.Reasoning is { Length: > 0 } reasoning)
            update.Contents.Add(new TextReasoningContent(reasoning));
        if (chunk.Text is { Length: > 0 } text)
            update.Contents.Add(new TextContent(text));
        if (chunk.Usage is { } usage)
            update.Contents.Add(new UsageContent(usage));
    }

    private void GoOn()
    {
        if (Ending == Ending.None || _isFiltered)
            return;
        Ending = Ending.Doubtful;
        _wasWrong = true;
    }

    // Some services name tools as the reason although the model has asked for none.
    private ChatFinishReason MeaningOf(string word)
    {
        var reason = FinishReasons.Of(word);
        if (reason != ChatFinishReason.ToolCalls || _hasToolCall)
            return reason;
        LacksCalls = !_hasText;
        return ChatFinishReason.Stop;
    }

    private Ending EndingOf(AnswerChunk chunk, ChatFinishReason finish)
    {
        var hasContent = HasContent(chunk);
        // A service that has named a reason too early may do so with each chunk.
        _wasWrong |= hasContent && Ending != Ending.None;
        var isStop = finish == ChatFinishReason.Stop;
        return _isFiltered ? Ending.Certain
            : hasContent && (_wasWrong || (isStop && chunk.Text is not { Length: > 0 })) ? Ending.Doubtful
            : !FinishReasons.IsKnown(finish) || (isStop && !_hasText && !_hasToolCall) ? Ending.Unknown
            : hasContent ? Ending.Likely
            : Ending.Certain;
    }

    private static bool HasContent(AnswerChunk chunk) => chunk.Text is { Length: > 0 } || chunk.Reasoning is { Length: > 0 };

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
