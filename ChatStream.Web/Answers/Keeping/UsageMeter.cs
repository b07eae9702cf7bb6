using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Providers;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>
/// Says what an answer used and cost. Where the service did not count, it estimates: after Stop, an abandonment, a broken
/// connection, and for services that send no usage. What was sent was counted when its messages were stored, so only the
/// answer's text is counted here.
/// </summary>
/// <param name="tokens">Counts the text.</param>
/// <param name="catalog">Knows the prices. Asked with the first answer: the settings are checked after this is made.</param>
internal sealed class UsageMeter(TokenCounter tokens, Lazy<ModelCatalog> catalog)
{
    /// <summary>
    /// Gives an answer that has ended its usage. A long text takes some milliseconds, so call it apart from what reads the model.
    /// </summary>
    public void Complete(Generation generation, GenerationEnd end)
    {
        var model = generation.Start.Model;
        if (generation.Uncounted(end) is { } use)
            generation.SetUsed(Estimate(use, model));
        else if (generation.Usage is { } told)
            generation.SetUsed(Priced(told, model));
    }

    /// <summary>Counts what the service did not.</summary>
    public UsagePayload Estimate(UncountedUse use, string model)
    {
        var told = use.Told ?? new UsagePayload(use.SentTokens, OutputTokens: 0);
        var thought = use.Reasoning is null ? 0 : tokens.CountText(use.Reasoning);
        return Priced(
            told with
            {
                InputTokens = told.InputTokens + (use.IsFurther ? use.SentTokens : 0),
                OutputTokens = told.OutputTokens + thought + tokens.CountText(use.Text),
                ReasoningTokens = use.Reasoning is null ? told.ReasoningTokens : (told.ReasoningTokens ?? 0) + thought,
                Estimated = true,
            },
            model);
    }

    /// <summary>Says what a request used that belongs to no generation.</summary>
    /// <param name="messages">What was sent.</param>
    /// <param name="answer">What the model wrote; null: nothing came.</param>
    /// <param name="model">The model's name.</param>
    public UsagePayload Of(IEnumerable<ChatMessage> messages, ChatResponse? answer, string model)
    {
        var told = answer?.Usage;
        if (ModelRun.Possible(told?.InputTokenCount) is { } read && ModelRun.Possible(told?.OutputTokenCount) is { } written)
        {
            return Priced(
                new UsagePayload(
                    read, written, ModelRun.Possible(told!.ReasoningTokenCount), ModelRun.Possible(told.CachedInputTokenCount)),
                model);
        }
        var sent = messages.Sum(message => (long)tokens.Count(message.Text));
        var reasoning = string.Concat((answer?.Messages ?? []).SelectMany(message => message.Contents)
            .OfType<TextReasoningContent>().Select(content => content.Text));
        return Estimate(new UncountedUse(sent, Told: null, answer?.Text ?? "", reasoning.Length > 0 ? reasoning : null), model);
    }

    private UsagePayload Priced(UsagePayload usage, string model) =>
        catalog.Value.Find(model)?.Price is { } price ? usage with { Cost = price.CostOf(usage) } : usage;
}
