using ChatStream.Web.Contract;

namespace ChatStream.Web.Storage;

/// <summary>
/// A node of a conversation's tree. An answer is written by exactly one generation and shares its id with it, so the id that a
/// client has finds the stored answer. Nothing is overwritten: an edit or a second answer is a sibling.
/// </summary>
public sealed class Message
{
    public required string Id { get; init; }
    public required string ConversationId { get; init; }
    public required string OwnerId { get; init; }

    /// <summary>Null at the root.</summary>
    public string? ParentId { get; init; }

    public required MessageRole Role { get; init; }
    public required string Text { get; set; }
    public string? Reasoning { get; set; }

    /// <summary>The text's length in tokens, for trimming; 0 while an answer runs.</summary>
    public int Tokens { get; set; }

    /// <summary>
    /// The tokens of the path from the root to this message, as far as they are sent; 0: not known, as for imported messages.
    /// </summary>
    public long PathTokens { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    // Only answers have the members that follow.

    /// <summary>The tokens of its calls of tools and their results, which are part of <see cref="Tokens"/>; 0: none.</summary>
    public int ToolTokens { get; set; }

    /// <summary>Its calls of tools, in order, where they were read with it.</summary>
    public IReadOnlyList<ToolCall> Tools { get; set; } = [];

    /// <summary>What the user thinks of it, where that was read with it.</summary>
    public FeedbackNode? Feedback { get; set; }

    /// <summary>The model's name in the catalogue.</summary>
    public string? Model { get; init; }

    /// <summary>The effort that the model was asked for; null: none.</summary>
    public string? Effort { get; init; }

    /// <summary>The name of the deployment that answered, as the settings had it; null: not known.</summary>
    public string? Deployment { get; set; }

    /// <summary>The model that the service said answered, such as a model router's choice; null: it said none.</summary>
    public string? AnsweredModel { get; set; }

    /// <summary>
    /// The reasoning as only the service can read it, for the next request to the same deployment; null: there is none.
    /// </summary>
    public string? EncryptedReasoning { get; set; }

    /// <summary>
    /// The process that runs it, or that stored its end; null: it was ended because no process ran it, or it is older than this
    /// column.
    /// </summary>
    public string? InstanceId { get; init; }

    /// <summary>Null while it runs.</summary>
    public FinishReason? FinishReason { get; set; }

    public FailureCode? FailureCode { get; set; }
    public string? FailureMessage { get; set; }

    /// <summary>
    /// The content filter's categories, comma-separated, each with <c>=</c> and its severity where the filter rated it; null
    /// where there are none.
    /// </summary>
    public string? FailureCategories { get; set; }

    /// <summary>What the content filter stopped; null where it was something else.</summary>
    public FilteredPart? FailureOf { get; set; }

    /// <summary>Whether the text was shown before the content filter stopped it. It is not stored.</summary>
    public bool IsWithdrawn { get; set; }

    public int? RetryAfter { get; set; }
    public long? InputTokens { get; set; }
    public long? OutputTokens { get; set; }
    public long? ReasoningTokens { get; set; }
    public long? CachedTokens { get; set; }

    /// <summary>Whether the server counted the tokens itself, because the service did not say all of them.</summary>
    public bool IsUsageEstimated { get; set; }

    /// <summary>What it cost, at the price that its model had then; null: no price was known.</summary>
    public decimal? Cost { get; set; }

    /// <summary>The currency of the cost, such as <c>USD</c>.</summary>
    public string? Currency { get; set; }

    /// <summary>The number of the log's last frame. A reader that has that frame has everything.</summary>
    public int? LastFrame { get; set; }

    /// <summary>
    /// The outline of the log's frames: what each held, without the text. A reader that comes back when the log is gone goes on
    /// exactly where it was. Null for an answer that was shown before it was stored.
    /// </summary>
    public string? Frames { get; set; }

    /// <summary>
    /// Where a background answer went on when another process took it over. <see cref="Text"/> has the text before that while it
    /// runs. Null: no process took it over.
    /// </summary>
    public string? ResumeAt { get; set; }

    /// <summary>How many parts of the checkpoints are in <see cref="Text"/> already, although it has no end.</summary>
    public int KeptParts { get; set; }

    /// <summary>When the first reasoning or text came.</summary>
    public DateTimeOffset? FirstOutputAt { get; set; }

    /// <summary>When the first text came.</summary>
    public DateTimeOffset? FirstTextAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>
    /// Whether an answer that ended like this is sent to the model with later messages. One that has called tools always is: a
    /// model that does not know what it has done would do it again.
    /// </summary>
    public static bool IsSentToModels(FinishReason reason, int toolTokens) =>
        toolTokens > 0 || reason is not (Contract.FinishReason.Failed or Contract.FinishReason.Filtered);

    /// <summary>
    /// Whether the service refused the message itself, so that it would refuse any request that has it. If it asked for calls,
    /// it had taken the message.
    /// </summary>
    public static bool RefusesQuestion(FailurePayload? failure, int toolTokens) => toolTokens == 0
        && (failure is { Of: FilteredPart.Prompt } or { Code: Contract.FailureCode.ContextLengthExceeded });

    /// <summary>Whether the service refused the request of an answer's last round, which had the results of its calls.</summary>
    public static bool RefusesResults(FailureCode? code, FilteredPart? of) =>
        code is Contract.FailureCode.ModelRejected or Contract.FailureCode.ContextLengthExceeded || of is FilteredPart.Prompt;

    public bool IsRunning => Role == MessageRole.Assistant && FinishReason is null;

    public FailurePayload? Failure =>
        FailureCode is { } code
            ? new FailurePayload(
                code, FailureMessage ?? "", RetryAfter, FailedCategories.Names(FailureCategories),
                FailedCategories.Severities(FailureCategories), FailureOf, IsWithdrawn ? true : null)
            : null;

    public UsagePayload? Usage =>
        InputTokens is { } input && OutputTokens is { } output
            ? new UsagePayload(
                input, output, ReasoningTokens, CachedTokens, IsUsageEstimated ? true : null,
                Cost is { } cost && Currency is { } currency ? CostPayload.Of(cost, currency) : null)
            : null;

    /// <summary>Takes over what a running answer's generation tells now.</summary>
    public void Take(Answer now)
    {
        (Text, Reasoning, FinishReason) = (now.Text, now.Reasoning, now.FinishReason);
        Tools = [.. (now.Tools ?? []).Select(TakenOver)];
        (FailureCode, FailureMessage, RetryAfter) = (now.Failure?.Code, now.Failure?.Message, now.Failure?.RetryAfter);
        FailureCategories = FailedCategories.Join(now.Failure);
        (FailureOf, IsWithdrawn) = (now.Failure?.Of, now.Failure?.Withdrawn == true);
        (InputTokens, OutputTokens) = (now.Usage?.InputTokens, now.Usage?.OutputTokens);
        (ReasoningTokens, CachedTokens) = (now.Usage?.ReasoningTokens, now.Usage?.CachedTokens);
        IsUsageEstimated = now.Usage?.Estimated == true;
        (Cost, Currency) = (now.Usage?.Cost?.Amount, now.Usage?.Cost?.Currency);
    }

    /// <summary>Takes over what was stored of the same answer later.</summary>
    public void Take(Message later)
    {
        (Text, Reasoning, FinishReason, Tools) = (later.Text, later.Reasoning, later.FinishReason, later.Tools);
        (FailureCode, FailureMessage, RetryAfter) = (later.FailureCode, later.FailureMessage, later.RetryAfter);
        (FailureCategories, FailureOf, IsWithdrawn) = (later.FailureCategories, later.FailureOf, later.IsWithdrawn);
        (InputTokens, OutputTokens) = (later.InputTokens, later.OutputTokens);
        (ReasoningTokens, CachedTokens) = (later.ReasoningTokens, later.CachedTokens);
        (IsUsageEstimated, Cost, Currency) = (later.IsUsageEstimated, later.Cost, later.Currency);
        (Deployment, AnsweredModel) = (later.Deployment, later.AnsweredModel);
    }

    private ToolCall TakenOver(ToolPayload call, int index) => new()
    {
        Id = call.CallId,
        MessageId = Id,
        ConversationId = ConversationId,
        OwnerId = OwnerId,
        Number = index + 1,
        Round = call.Round ?? 1,
        At = call.At ?? 0,
        Name = call.Name,
        Arguments = call.Arguments ?? "",
        Result = call.Result,
        State = call.State,
    };
}
