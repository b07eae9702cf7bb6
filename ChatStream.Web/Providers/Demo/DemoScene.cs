using ChatStream.Web.Contract;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Demo;

/// <summary>The demo model's answer to a prompt, and how it ends.</summary>
internal sealed record DemoScene
{
    public string Reasoning { get; init; } = "";
    public required string Text { get; init; }

    /// <summary>The text that follows if the answer is continued.</summary>
    public string Rest { get; init; } = "";
    public bool IsSlow { get; init; }

    /// <summary>Null if the stream ends without one.</summary>
    public ChatFinishReason? FinishReason { get; init; } = ChatFinishReason.Stop;

    /// <summary>The tool that it asks for after the text; null: none.</summary>
    public FunctionCallContent? Call { get; init; }

    /// <summary>Thrown after the text.</summary>
    public ModelException? Failure { get; init; }

    /// <summary>True if the failure comes before any text.</summary>
    public bool FailsAtOnce => Failure is not null && Text.Length == 0;

    /// <summary>
    /// The scene for the last prompt. If it asks to continue an answer, the scene is the rest of that answer. After a tool's
    /// result, it is what the model says about that.
    /// </summary>
    public static DemoScene For(List<ChatMessage> conversation, ChatOptions? options = null)
    {
        if (conversation is [.., { Role: var role } last] && role == ChatRole.Tool)
            return DemoCalculation.After(last);
        if (DemoCalculation.AskedBy(PromptOf(conversation), options) is { } calculation)
            return calculation;
        var prompt = PromptOf(conversation);
        if (prompt != Continuation.Prompt || conversation.Count < 2)
            return For(prompt, DemoFiles.Of(conversation));
        var written = conversation[^2].Text;
        var scene = For(PromptOf(conversation[..^1]), DemoFiles.Of(conversation[..^1]));
        var whole = scene.Text + scene.Rest;
        var isBeginning = whole.StartsWith(written, StringComparison.Ordinal);
        return new DemoScene { Text = isBeginning ? whole[written.Length..] : DemoTexts.NothingToAdd };
    }

    /// <summary>
    /// What the user said last. Messages without an answer between them come as one, with blank lines between: a command that was
    /// acted out is over.
    /// </summary>
    private static string PromptOf(List<ChatMessage> conversation)
    {
        var text = (LastOf(conversation)?.Contents.OfType<TextContent>().LastOrDefault()?.Text ?? "").Trim();
        var paragraphs = text.Split("\n\n");
        var command = Array.FindLastIndex(paragraphs, paragraph => paragraph.StartsWith('/'));
        return command < 0 ? text : string.Join("\n\n", paragraphs[Math.Min(command + 1, paragraphs.Length - 1)..]);
    }

    /// <summary>The user's last message. Its text comes after its files.</summary>
    public static ChatMessage? LastOf(List<ChatMessage> conversation) =>
        conversation.LastOrDefault(message => message.Role == ChatRole.User);

    private static DemoScene For(string prompt, string files)
    {
        var words = prompt.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
        var reply = new DemoScene { Text = files + DemoTexts.Reply(prompt) };
        return words is not [['/', ..] command, .. var rest] ? reply : command switch
        {
            "/help" => new DemoScene { Text = DemoTexts.Help },
            "/long" => new DemoScene { Text = DemoTexts.Long },
            "/code" => new DemoScene { Text = DemoTexts.Code },
            "/markdown" => new DemoScene { Text = DemoTexts.Markdown },
            "/reason" => new DemoScene { Reasoning = DemoTexts.Reasoning, Text = DemoTexts.Reasoned },
            "/slow" => new DemoScene { Text = DemoTexts.Slow, IsSlow = true },
            "/empty" => new DemoScene { Text = "" },
            "/length" => new DemoScene
            {
                Text = DemoTexts.CutByLength,
                Rest = DemoTexts.AfterLength,
                FinishReason = ChatFinishReason.Length,
            },
            "/filter" => new DemoScene { Text = DemoTexts.BeforeFilter, FinishReason = ChatFinishReason.ContentFilter },
            "/cut" => new DemoScene
            {
                Text = DemoTexts.BeforeCut,
                Rest = DemoTexts.AfterCut,
                Failure = new(FailureCode.ModelUnavailable, "The connection to the model service broke."),
            },
            "/fail" => new DemoScene { Text = "", Failure = FailureOf(rest is [var code, ..] ? code : "model_unavailable") },
            _ => reply,
        };
    }

    private static ModelException FailureOf(string code) => code switch
    {
        "rate_limited" => new(FailureCode.RateLimited, "The model's rate limit has been reached.", retryAfter: 20),
        "quota_exhausted" => new(FailureCode.QuotaExhausted, "The quota or the budget of the model's deployment is used up."),
        "content_filter" => ModelFailures.PromptFiltered([new("violence", "medium")]),
        "context_length_exceeded" =>
            new(FailureCode.ContextLengthExceeded, "The conversation is longer than the model can read."),
        "model_timeout" => new(FailureCode.ModelTimeout, "The model sent nothing within the time limit."),
        "model_rejected" => new(FailureCode.ModelRejected, "The model service rejected the request (400)."),
        "not_configured" =>
            new(FailureCode.NotConfigured, "There is no such deployment, or its address or api-version is wrong (404)."),
        "malformed_response" => new(FailureCode.MalformedResponse, "The model's answer ended without a finish reason."),
        _ => new(FailureCode.ModelUnavailable, "The model service could not be reached."),
    };
}
