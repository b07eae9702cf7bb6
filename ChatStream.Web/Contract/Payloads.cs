using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>
/// Data of <c>start</c>, frame 0 of a generation and of a stored answer. Ids have 16 URL-safe characters. No member is ever
/// absent.
/// </summary>
/// <param name="GenerationId">For attaching and stopping.</param>
/// <param name="ConversationId">New if the start named neither a conversation nor a parent.</param>
/// <param name="MessageId">The answer, as a message of the conversation; the same value as <c>generationId</c>.</param>
/// <param name="ParentId">The answer's parent in the tree: the message that it answers, or the answer that it continues.</param>
/// <param name="Model">The model's name in <c>GET /models</c>.</param>
/// <param name="Title">The conversation's title. In a new conversation: the first words of its first message.</param>
internal sealed record StartPayload(
    string GenerationId, string ConversationId, string MessageId, string ParentId, string Model, string Title);

/// <summary>
/// Data of <c>status</c>. <c>detail</c> is <see cref="Fallback"/> or the name of a tool, and absent if there is nothing to add.
/// </summary>
internal sealed record StatusPayload(Phase Phase, string? Detail = null)
{
    /// <summary>Not the preferred deployment of the model answers, but another one.</summary>
    public const string Fallback = "fallback";
}

/// <summary>Data of <c>usage</c>: tokens, as the provider counts them, or as the server estimates them.</summary>
/// <param name="InputTokens">Tokens of the whole request: instructions, earlier messages, message.</param>
/// <param name="OutputTokens">Tokens that the model wrote, its reasoning included.</param>
/// <param name="ReasoningTokens">Tokens of the reasoning; absent if the provider does not count them.</param>
/// <param name="CachedTokens">
/// Those of the input that the provider had read before and charges less for; absent if there are none, or if it does not count
/// them.
/// </param>
/// <param name="Estimated">
/// True if the server counted the tokens itself, because the provider did not say all of them; else absent.
/// </param>
/// <param name="Cost">At the price that the model had then; absent if no price was known.</param>
public sealed record UsagePayload(
    long InputTokens, long OutputTokens, long? ReasoningTokens = null, long? CachedTokens = null, bool? Estimated = null,
    CostPayload? Cost = null);

/// <summary>The member <c>cost</c> of <c>usage</c>: what an answer cost.</summary>
/// <param name="Amount">In the currency, with at most nine decimals.</param>
/// <param name="Currency">Three letters, such as <c>USD</c>.</param>
public sealed record CostPayload(decimal Amount, string Currency)
{
    /// <summary>What a unit of a currency is stored as: databases add whole numbers exactly.</summary>
    public const long Parts = 1_000_000_000;

    /// <summary>A cost, rounded to nine decimals.</summary>
    public static CostPayload Of(decimal amount, string currency) =>
        new(decimal.Round(amount * Parts, MidpointRounding.AwayFromZero) / Parts, currency);
}

/// <summary>Data of <c>failure</c>, and the member <c>failure</c> of an answer: why an answer ended badly.</summary>
/// <param name="Code">For programs to decide by.</param>
/// <param name="Message">One English sentence for programs' logs, without host name, key, path or stack trace.</param>
/// <param name="RetryAfter">Whole seconds to wait before another try; absent if the service gave no time.</param>
/// <param name="Categories">
/// What the content filter found, by the filter's own names such as <c>self_harm</c>; absent if it gave none. Never empty.
/// </param>
/// <param name="Severities">
/// How severe the filter found them, by category, such as <c>medium</c>; absent if it rated none. Never empty.
/// </param>
/// <param name="Of">What the content filter stopped; absent if it is no failure of that kind.</param>
/// <param name="Withdrawn">
/// True if the filter's verdict came after text that was shown: a client removes that text. The server no longer has it. Absent
/// otherwise.
/// </param>
public sealed record FailurePayload(
    FailureCode Code, string Message, int? RetryAfter = null, IReadOnlyList<string>? Categories = null,
    IReadOnlyDictionary<string, string>? Severities = null, FilteredPart? Of = null, bool? Withdrawn = null);

/// <summary>Data of <c>finish</c>.</summary>
internal sealed record FinishPayload(FinishReason Reason);

/// <summary>
/// Data of <c>snapshot</c>: the whole text of a stored answer. A client replaces with it the text that it shows.
/// <c>reasoning</c> and <c>tools</c> are absent if there are none.
/// </summary>
internal sealed record SnapshotPayload(string Text, string? Reasoning = null, IReadOnlyList<ToolPayload>? Tools = null);

/// <summary>An answer as JSON, while its generation runs and after it has ended.</summary>
public sealed record Answer
{
    /// <summary>For attaching and stopping.</summary>
    public required string GenerationId { get; init; }

    public required string ConversationId { get; init; }

    /// <summary>The same value as <see cref="GenerationId"/>.</summary>
    public required string MessageId { get; init; }

    /// <summary>The model's name in <c>GET /models</c>.</summary>
    public required string Model { get; init; }

    public required AnswerState State { get; init; }

    /// <summary>The text so far, as Markdown; may be empty.</summary>
    public required string Text { get; init; }

    /// <summary>The reasoning so far; absent if there is none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The calls of tools so far, in order; absent if there are none.</summary>
    public IReadOnlyList<ToolPayload>? Tools { get; init; }

    /// <summary>Absent while the generation runs.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>Present only if the answer ended as <c>failed</c>, <c>filtered</c> or <c>interrupted</c>.</summary>
    public FailurePayload? Failure { get; init; }

    /// <summary>Absent while the generation runs, and if the provider was not reached or refused the request.</summary>
    public UsagePayload? Usage { get; init; }

    /// <summary>When it ended; null while the generation runs. Not sent: <c>Retry-After</c> is counted from it.</summary>
    [JsonIgnore]
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>
/// The body of <c>POST /chat/stream</c>. A new conversation needs only <c>message</c>. Without <c>message</c> a start needs the
/// <c>parentId</c> of a message to answer again or of an answer to continue.
/// </summary>
public sealed record StartRequest
{
    /// <summary>The user's new message; absent to answer or continue the parent.</summary>
    public string? Message { get; init; }

    /// <summary>Absent: the parent's conversation, or a new one if there is no <see cref="ParentId"/>.</summary>
    public string? ConversationId { get; init; }

    /// <summary>
    /// The parent of the new message, or the conversation's own id for its root. Absent: the last message of the path last shown.
    /// </summary>
    public string? ParentId { get; init; }

    /// <summary>A name in <c>GET /models</c>; absent: the default model.</summary>
    public string? Model { get; init; }

    /// <summary>Ids of files that were uploaded to <c>/files</c>, for the new message; absent: none.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>
    /// Whether a new conversation is temporary. It stands in no list, search, export or title, and is removed soon after its last
    /// answer. Absent: it is not. An earlier conversation stays what it is.
    /// </summary>
    public bool? Temporary { get; init; }

    /// <summary>The folder of a new conversation; absent: none.</summary>
    public string? FolderId { get; init; }

    // The members that follow are stored with the conversation. Absent: as the conversation has it. Null: none from now on.

    /// <summary>The name of a preset in <c>GET /models</c>.</summary>
    public OptionalText? Preset { get; init; }

    /// <summary>One of the model's <c>efforts</c> in <c>GET /models</c>; none: what the model does by itself.</summary>
    public OptionalText? Effort { get; init; }

    /// <summary><c>low</c>, <c>medium</c> or <c>high</c>, where the model takes a verbosity.</summary>
    public OptionalText? Verbosity { get; init; }

    /// <summary>Instructions for this conversation: at most 10,000 characters, without NUL.</summary>
    public OptionalText? SystemPrompt { get; init; }

    internal MannerChange Manner => new(Preset, Effort, Verbosity, SystemPrompt);
}
