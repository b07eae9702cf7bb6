using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using ChatStream.Web.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Running;

/// <summary>
/// Makes the calls that a model asks for between two of its requests: stores them, asks the user where that is needed, and makes
/// those that may be made side by side. In the generation and not in the client of the model, because an answer has one log, one
/// end and one owner however many rounds it has.
/// </summary>
internal sealed class ToolRounds(
    ToolCatalog catalog, ToolCaller caller, ToolStore store, ToolImages images, TokenCounter tokens,
    IOptions<ToolOptions> options, TimeProvider time)
{
    /// <summary>Calls of one round; the others fail.</summary>
    private const int MostOfRound = 32;

    /// <summary>The tools that an answer may call.</summary>
    public Task<ToolSet> ToolsAsync(Generation generation) => generation.MayCall
        // Those that it has called stay, whatever the process that took it over knows of its user.
        ? catalog.ForAsync(
            generation.Start.Model, generation.Owner, generation.Caller.Rights,
            [.. generation.Tools.Select(call => call.Name)], generation.Token)
        : Task.FromResult(new ToolSet([]));

    /// <summary>Whether the model may ask for further calls.</summary>
    public bool MayGoOn(Generation generation) => RoundsOf(generation) < options.Value.Rounds;

    /// <summary>Makes the calls of a round, to their results.</summary>
    /// <param name="generation">Runs the answer.</param>
    /// <param name="tools">Those that the model was told of.</param>
    /// <param name="asked">What it asked for.</param>
    /// <returns>The calls, all of them over.</returns>
    /// <exception cref="OperationCanceledException">The answer has ended.</exception>
    /// <exception cref="StorageException">The database did not take a call, which was not made then.</exception>
    public async Task<IReadOnlyList<ToolCall>> RunAsync(
        Generation generation, ToolSet tools, IReadOnlyList<FunctionCallContent> asked)
    {
        var (round, at, number) = (RoundsOf(generation) + 1, generation.TextSoFar().Length, generation.Tools.Count);
        var allowed = asked.Any(call => tools.Find(call.Name) is { Asks: true })
            ? await store.AllowedAsync(generation.Owner, generation.Start.ConversationId, generation.Token) : [];
        var calls = new List<ToolCall>();
        foreach (var call in asked)
        {
            var arguments = WellFormed(Providers.FunctionCalls.ArgumentsOf(call));
            calls.Add(Begin(
                tools, allowed, isTooMany: calls.Count >= MostOfRound, arguments, new ToolCall
                {
                    Id = call.CallId,
                    MessageId = generation.Id,
                    ConversationId = generation.Start.ConversationId,
                    OwnerId = generation.Owner.Id,
                    Number = ++number,
                    Round = round,
                    At = at,
                    Name = NameOf(call),
                    Arguments = Storable(arguments),
                    State = ToolState.Running,
                }));
        }
        using var run = new ToolRun(
            generation, tools, () => ToolsAsync(generation), caller, store, images, tokens, options.Value, time);
        await run.ToTheEndAsync(await run.StoreAsync(calls));
        return OfRound(generation, round);
    }

    /// <summary>
    /// Goes on with the round that was open when the process that ran the answer went away. What that one was doing is not done
    /// again.
    /// </summary>
    public async Task<IReadOnlyList<ToolCall>> ResumeAsync(Generation generation)
    {
        var round = RoundsOf(generation);
        using var run = new ToolRun(
            generation, null, () => ToolsAsync(generation), caller, store, images, tokens, options.Value, time);
        var broken = OfRound(generation, round).Where(call => call.State == ToolState.Running).Select(call => call with
        {
            State = ToolState.Failed,
            Result = "The server went away while the call was being made. " + ToolOutcome.UnknownWords,
            EndedAt = time.GetUtcNow(),
        }).ToList();
        if (broken.Count > 0)
            await run.StoreAsync(broken);
        await run.ToTheEndAsync(OfRound(generation, round));
        return OfRound(generation, round);
    }

    private static int RoundsOf(Generation generation) => generation.Tools is [.., var last] ? last.Round : 0;

    private static IReadOnlyList<ToolCall> OfRound(Generation generation, int round) =>
        [.. generation.Tools.Where(call => call.Round == round)];

    private ToolCall Begin(ToolSet tools, HashSet<string> allowed, bool isTooMany, string arguments, ToolCall call)
    {
        var now = time.GetUtcNow();
        var fault = isTooMany ? "The model asked for too many calls at once. The call was not made."
            : tools.Find(call.Name) is not { } tool ? "There is no such tool."
            : ToolCaller.Fault(tool, arguments, out _); // the whole, of which the call may have a part
        return fault is not null ? call with { State = ToolState.Failed, Result = fault, EndedAt = now }
            : tools.Find(call.Name)!.Asks && !allowed.Contains(call.Name)
                ? call with { State = ToolState.Asked, AskedAt = now }
                : call with { StartedAt = now };
    }

    // A model may write anything, and is told of its calls again.
    private static string NameOf(FunctionCallContent call) => string.Concat(
        call.Name.Take(ToolCall.LongestName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));

    // A model may write anything. Its arguments are kept as far as they could be called with.
    private static string Storable(string arguments) =>
        arguments.Length > ArgumentCheck.MostBytes ? WellFormed(arguments[..ArgumentCheck.MostBytes]) : arguments;

    private static string WellFormed(string text) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD')));
}
