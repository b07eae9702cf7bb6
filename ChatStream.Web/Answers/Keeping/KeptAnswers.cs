using ChatStream.Web.Contract;
using ChatStream.Web.Providers.Responses;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>Reads answers without an end.</summary>
internal static class KeptAnswers
{
    /// <summary>Reads answers of all users. One that has been deleted, or has got its end meanwhile, may be left out.</summary>
    public static async Task<Dictionary<string, KeptAnswer>> ReadAsync(
        IChatDatabase database, IEnumerable<UnendedAnswer> answers, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(default);
        var ids = answers.Select(answer => answer.Id).ToHashSet(StringComparer.Ordinal);
        var (all, conversations) = (db.Messages.IgnoreQueryFilters(), db.Conversations.IgnoreQueryFilters());
        var folders = db.Folders.IgnoreQueryFilters();
        // Before the rows: the parts may go once an answer has its end.
        var parts = await CheckpointJournal.ReadAsync(db, ids, cancellationToken);
        var rows = await all.Where(m => ids.Contains(m.Id))
            .Select(m => new
            {
                m.Id,
                m.ParentId,
                m.Model,
                m.Text,
                m.Reasoning,
                m.Frames,
                m.ResumeAt,
                m.KeptParts,
                m.ToolTokens,
                m.InputTokens,
                m.OutputTokens,
                m.ReasoningTokens,
                m.CachedTokens,
                m.IsUsageEstimated,
                Asked = conversations.Where(c => c.Id == m.ConversationId)
                    .Select(c => new { c.Preset, c.Effort, c.Verbosity, c.SystemPrompt, c.SystemPromptTokens }).FirstOrDefault(),
                Folder = conversations.Where(c => c.Id == m.ConversationId)
                    .Join(folders, c => new { Id = c.FolderId!, c.OwnerId }, f => new { f.Id, f.OwnerId }, (c, f) => f)
                    .Where(f => f.Instructions != null).Select(f => new { f.Instructions, f.InstructionTokens }).FirstOrDefault(),
                Continues = all.Where(p => p.Id == m.ParentId && p.Role == MessageRole.Assistant).Select(p => p.Text)
                    .FirstOrDefault(),
                ParentPathTokens = all.Where(p => p.Id == m.ParentId).Select(p => p.PathTokens).FirstOrDefault(),
                Title = conversations.Where(c => c.Id == m.ConversationId).Select(c => c.Title).FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        var calling = rows.Where(row => row.ToolTokens > 0).Select(row => row.Id).ToHashSet(StringComparer.Ordinal);
        var calls = calling.Count == 0 ? [] : await db.ToolCalls.IgnoreQueryFilters().AsNoTracking()
            .Where(call => calling.Contains(call.MessageId)).OrderBy(call => call.Number).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row =>
        {
            var added = parts.GetValueOrDefault(row.Id) ?? new RecoveredText();
            added.Skip(row.KeptParts);
            List<ToolCall> tools = [.. calls.Where(call => call.MessageId == row.Id)];
            var isForQuestions = row.Frames?.StartsWith(FrameOutline.OnlyForQuestions, StringComparison.Ordinal) == true;
            var frames = !isForQuestions ? row.Frames
                : tools.Exists(call => call.State == ToolState.Asked) ? row.Frames![FrameOutline.OnlyForQuestions.Length..]
                : null;
            return new KeptAnswer
            {
                ParentId = row.ParentId ?? "",
                Model = row.Model ?? "",
                Text = row.Text + added.Text,
                Reasoning = RecoveredText.Joined(row.Reasoning, added.Reasoning),
                Frames = frames is null ? null : frames + added.Frames,
                ResumeAt = ResponsePosition.Parse(added.NextPart == row.KeptParts ? row.ResumeAt : added.ResumeAt),
                NextPart = added.NextPart,
                Continues = row.Continues ?? "",
                ParentPathTokens = row.ParentPathTokens,
                Title = row.Title ?? "",
                Manner = (row.Asked is { } asked
                    ? new Manner(asked.Preset, asked.Effort, asked.Verbosity, asked.SystemPrompt) : Manner.None)
                    with
                {
                    Folder = row.Folder is null ? null
                        : new FolderInstructions(row.Folder.Instructions!, row.Folder.InstructionTokens),
                },
                SystemPromptTokens = row.Asked?.SystemPromptTokens ?? 0,
                Tools = tools,
                Usage = row is { InputTokens: { } input, OutputTokens: { } output }
                    ? new UsagePayload(
                        input, output, row.ReasoningTokens, row.CachedTokens, row.IsUsageEstimated ? true : null)
                    : null,
                ToolTokens = row.ToolTokens,
            };
        }, StringComparer.Ordinal);
    }
}
