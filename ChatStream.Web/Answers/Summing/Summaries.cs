using System.Buffers;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Limits;
using ChatStream.Web.Providers;
using ChatStream.Web.Usage;
using ChatStream.Web.Usage.Budgets;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Answers.Summing;

/// <summary>Has summaries written by the model, and keeps those that the user accepts.</summary>
internal sealed partial class Summaries(
    IConversationLibrary library, ContextEdges edges, ContextBuilder contexts, SentFiles files, SummaryStore store,
    Manners manners, ModelCatalog catalog, StartCheck check, StartLimits limits, UserBudgets budgets, UsageMeter usage,
    OtherUse used, IServiceScopeFactory scopes,
    MemoryPool<byte> memory, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Summaries> logger) : ISummaries
{
    private const string Ask =
        "Summarise the conversation above. From now on your summary stands in its place, so keep what is needed to go on: what "
        + "the user wants, facts, names, numbers, decisions, code that is still in use, and open questions. Write at most 400 "
        + "words, in the language of the conversation. Answer with the summary only.";

    /// <summary>Tokens of <see cref="Ask"/>, about.</summary>
    private const int AskTokens = 100;

    /// <summary>Tokens that the model may write. A reasoning model's thoughts count, too.</summary>
    private const int MostOutput = 4_096;

    private static readonly FailurePayload ServerStopped = new(FailureCode.Interrupted, "The server was stopped.");

    /// <inheritdoc/>
    public async Task<ContextState> FindAsync(
        Owner owner, ShownConversation shown, string? model, CancellationToken cancellationToken)
    {
        var edge = await edges.FindAsync(owner, shown, model, cancellationToken);
        return new ContextState
        {
            FirstMessageId = edge.FirstId,
            CutMessageId = edge.CutId,
            Summary = edge.Summary is not { } summary ? null
                : new SummaryNode { MessageId = summary.MessageId, Text = summary.Text, CreatedAt = summary.CreatedAt },
        };
    }

    /// <inheritdoc/>
    public async Task<Attachment> WriteAsync(Caller caller, string conversationId, string? model, CancellationToken readerGone)
    {
        if (model is not null)
            _ = check.Model(new StartRequest { Model = model }, last: null, caller.Rights);
        check.RefuseWhenStopping();
        var owner = caller.Owner;
        var shown = await library.FindShownAsync(owner, conversationId, readerGone)
            ?? throw new RefusedException(404, "id", "There is no such conversation.", "unknown_conversation");
        var edge = await edges.FindAsync(owner, shown, model, readerGone);
        // The model of the last answer may have become one for others.
        _ = check.Model(new StartRequest { Model = edge.Model }, last: null, caller.Rights);
        if (edge.CutId is not { } covered)
            throw new RefusedException(409, null, "The model sees the whole conversation.", "nothing_to_summarise");
        _ = await budgets.CheckAsync(caller, readerGone);
        var lease = await limits.TakeAsync(caller);
        var generation = new Generation(Ids.New(), owner, memory, time) { Caller = caller };
        // Its reader is the only one who can use it.
        generation.Frames.LastReaderLeft = () => generation.TryEnd(FinishReason.Stopped);
        var reader = generation.Frames.OpenReader(0, readerGone);
        generation.Begin(new StartPayload(
            generation.Id, conversationId, generation.Id, covered, edge.Model, shown.Conversation.Title));
        // The request's activity, HttpContext and logging scopes must not flow into the generation.
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(() => RunAsync(generation, edge, lease), CancellationToken.None);
        return new Attachment(generation.Id, reader);
    }

    /// <inheritdoc/>
    public Task<SummaryNode?> KeepAsync(Owner owner, string conversationId, string messageId, string text) =>
        store.KeepAsync(owner, conversationId, messageId, text, catalog.Models.Min(model => manners.RoomFor(model.Name)));

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(Owner owner, string conversationId, string messageId) =>
        store.RemoveAsync(owner, conversationId, messageId);

    private async Task RunAsync(Generation generation, ContextEdge edge, IAsyncDisposable lease)
    {
        try
        {
            using var stop = lifetime.ApplicationStopping.Register(
                () => generation.TryEnd(FinishReason.Interrupted, ServerStopped));
            await using var scope = scopes.CreateAsyncScope();
            var writing = scope.ServiceProvider.GetRequiredService<ModelRun>().AskAsync(
                generation, () => RequestAsync(generation, edge));
            var end = await generation.Ended;
            usage.Complete(generation, end);
            // Counted before the end is told, as answers are.
            if (generation.Usage is { } told)
                await used.AddAsync(generation.Owner, edge.Model, told, isAnswer: true);
            await lease.DisposeAsync();
            generation.Close(end);
            await writing;
        }
        catch (Exception fault)
        {
            Log.RunFailed(logger, new FaultWithoutMessage(fault));
        }
        finally
        {
            generation.Dispose();
        }
    }

    // As much of it as the model can read: the newest part, after an older summary where there is one.
    private async Task<(List<ChatMessage> Messages, ChatOptions Options)> RequestAsync(Generation generation, ContextEdge edge)
    {
        var context = await contexts.BuildAsync(
            generation.Owner, edge.CutId!, edge.Room - AskTokens, edge.Summary, new ContextParts(Ids: true), generation.Token);
        if (context.Turns.Count == 0)
            throw new ModelException(FailureCode.ContextLengthExceeded, "The message is longer than may be sent.");
        var messages = ModelRun.Messages(
            instructions: "", context, await files.ReadAsync(generation.Owner, context, edge.Model, generation.Token),
            ToolImages.None);
        // Some models refuse two messages of the user in a row.
        if (messages is [.., var last] && last.Role == ChatRole.User)
            last.Contents.Add(new TextContent($"\n\n{Ask}"));
        else
            messages.Add(new ChatMessage(ChatRole.User, Ask));
        generation.AskedWith(context.Tokens + AskTokens);
        return (messages, new ChatOptions { ModelId = edge.Model, MaxOutputTokens = MostOutput });
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A summary failed.")]
        public static partial void RunFailed(ILogger logger, Exception fault);
    }
}
