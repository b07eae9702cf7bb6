using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Views.Page;

internal static class MessageViews
{
    /// <summary>
    /// A turn for its view: a message of the user, or an answer with its continuations. Such an answer is shown as one message
    /// with one text. It ends as its last part ends. Its figures are sums over all parts; a sum of which a part is not known is
    /// not shown.
    /// </summary>
    /// <param name="turn">The parts, oldest first; at least one.</param>
    /// <param name="siblingsOf">The ids of a part's versions, itself included, oldest first.</param>
    /// <param name="labelOf">What users call a model.</param>
    /// <param name="answeredBy">The deployment and the model that answered, as far as they are told.</param>
    /// <param name="filesOf">The files of a message; null: there are none.</param>
    /// <param name="hasFeedback">Whether the user can say what they think of answers.</param>
    public static MessageView Of(
        IReadOnlyList<Message> turn, Func<Message, IReadOnlyList<string>> siblingsOf, Func<string, string> labelOf,
        Func<Message, string?> answeredBy, Func<Message, IEnumerable<FileEntry>>? filesOf = null,
        bool hasFeedback = false)
    {
        var last = turn[^1];
        // A part that failed before its first word has no tokens to count.
        var written = turn.Where(part => part.Text.Length > 0 || part.Reasoning is not null || part.Usage is not null).ToList();
        var tokens = Sum(written, part => part.Usage?.OutputTokens);
        return new MessageView
        {
            SiblingIds = siblingsOf(last),
            Id = last.Id,
            ParentId = last.ParentId ?? last.ConversationId,
            IsUser = last.Role == MessageRole.User,
            Before = [.. turn.SkipLast(1).Select(part => new PartView(part.Id, siblingsOf(part)))],
            TextBefore = string.Concat(turn.SkipLast(1).Select(part => part.Text)),
            Text = last.Text,
            At = turn[0].CreatedAt,
            HasFeedback = hasFeedback,
            Feedback = last.Feedback,
            Files = last.Role == MessageRole.User ? [.. filesOf?.Invoke(last) ?? []] : [], // those of an answer are its tools'
            ReasoningBefore = [.. turn.SkipLast(1).Select(part => part.Reasoning ?? "").Where(reasoning => reasoning.Length > 0)],
            Reasoning = last.Reasoning,
            Tools = [.. turn.SelectMany(part => part.Tools).Select(call => call.ToListed())],
            Model = string.Join(
                ", ", turn.Select(part => part.Model).OfType<string>().Distinct(StringComparer.Ordinal).Select(labelOf)),
            AnsweredBy = string.Join("; ", turn.Select(answeredBy).OfType<string>().Distinct(StringComparer.Ordinal)),
            IsRunning = last.IsRunning,
            FinishReason = last.FinishReason,
            Failure = last.Failure,
            OutputTokens = tokens,
            Cost = CostOf(written),
            IsEstimated = written.Any(part => part.IsUsageEstimated),
            Took = Time(turn, TookOf),
            FirstWord = turn[0].FirstTextAt - turn[0].CreatedAt,
            Thought = Time(
                turn.Where(part => part.Reasoning is not null && part.FirstTextAt is not null),
                part => part.FirstTextAt - part.FirstOutputAt),
            Speed = tokens is { } count ? Figures.Speed(count, Time(written, WritingOf)) : null,
            RetryAt = last is { EndedAt: { } ended, RetryAfter: { } seconds } ? Later(ended, seconds) : null,
        };
    }

    // An imported answer ends when it begins: its times are not known.
    private static TimeSpan? TookOf(Message part) =>
        part.Role == MessageRole.Assistant && part.EndedAt > part.CreatedAt ? part.EndedAt - part.CreatedAt : null;

    /// <summary>
    /// From the first output to the end, without the times in which calls of tools were decided about and made.
    /// </summary>
    private static TimeSpan? WritingOf(Message part)
    {
        var writing = part.EndedAt - part.FirstOutputAt;
        foreach (var round in part.Tools.GroupBy(call => call.Round))
        {
            var begun = round.Min(call => call.AskedAt ?? call.StartedAt);
            if (begun >= part.FirstOutputAt && round.Max(call => call.EndedAt) is { } ended && ended > begun)
                writing -= ended - begun;
        }
        return writing;
    }

    private static TimeSpan? Time(IEnumerable<Message> parts, Func<Message, TimeSpan?> of) =>
        Sum(parts, part => of(part)?.Ticks) is { } ticks ? new TimeSpan(ticks) : null;

    // Costs in two currencies have no sum.
    private static CostPayload? CostOf(IReadOnlyList<Message> parts) =>
        parts.Select(part => part.Currency).Distinct(StringComparer.Ordinal).ToList() is [{ } currency]
            ? new CostPayload(parts.Sum(part => part.Cost ?? 0), currency) : null;

    /// <summary>Null if there is no part, or if one of them has no value.</summary>
    private static long? Sum(IEnumerable<Message> parts, Func<Message, long?> of)
    {
        long? sum = null;
        foreach (var part in parts)
        {
            if (of(part) is not { } value)
                return null;
            sum = (sum ?? 0) + value;
        }
        return sum;
    }

    // An imported answer may have any time. Null: there is no such time.
    private static DateTimeOffset? Later(DateTimeOffset time, int seconds)
    {
        var wait = TimeSpan.FromSeconds(seconds);
        return wait >= TimeSpan.Zero && wait <= DateTimeOffset.MaxValue - time ? time + wait : null;
    }
}
