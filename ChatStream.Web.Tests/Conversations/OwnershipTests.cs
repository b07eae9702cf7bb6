using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

/// <summary>What is another's is not there, whichever way it is asked for.</summary>
internal sealed class OwnershipTests : StoreTest
{
    private static readonly StartRequest Hi = new() { Message = "Hi" };
    private static readonly RepeatKey Key = RepeatKey.Of("k-1", Hi);

    /// <summary>Whether a call on behalf of an owner finds what was stored for <see cref="StoreTest.Me"/>.</summary>
    private delegate Task<bool> Call(OwnershipTests test, Owner owner, StartPayload mine);

    private static readonly Dictionary<string, Call> Calls = new()
    {
        ["the conversation"] = async (test, owner, mine) => await test.Library.FindAsync(owner, mine.ConversationId, Token) is not null,
        ["the list"] = async (test, owner, mine) => (await test.RecentAsync(owner, 10)).Count > 0,
        ["the answer"] = async (test, owner, mine) => await test.Stored.FindAsync(owner, mine.MessageId, Token) is not null,
        ["the key of a start"] = async (test, owner, mine) => await test.Starts.FindAsync(owner, Key, Token) is not null,
        ["the context"] = async (test, owner, mine) =>
            (await new ContextBuilder(test.Database).BuildAsync(owner, mine.ParentId, budget: 1000, Token)).Turns.Count > 0,
        ["a start in the conversation"] = (test, owner, mine) => test.StartsAsync(owner, mine.ConversationId, parentId: null),
        ["a start at its root"] = (test, owner, mine) => test.StartsAsync(owner, conversationId: null, mine.ConversationId),
        ["a start under its message"] = (test, owner, mine) => test.StartsAsync(owner, conversationId: null, mine.ParentId),
        ["a start under its answer"] = (test, owner, mine) => test.StartsAsync(owner, mine.ConversationId, mine.MessageId),
        ["an end"] = async (test, owner, mine) =>
        {
            await test.EndAsync(mine, "Changed", owner: owner);
            return (await test.Stored.FindAsync(Me, mine.MessageId, Token))!.Text == "Changed";
        },
        ["forgetting a start"] = async (test, owner, mine) =>
        {
            await test.Starts.ForgetAsync(owner, Key, mine.GenerationId);
            return await test.Starts.FindAsync(Me, Key, Token) is null;
        },
    };

    private static IEnumerable<string> Names => Calls.Keys;

    [TestCaseSource(nameof(Names))]
    public async Task Another_owners_ids_lead_to_nothing(string call)
    {
        var mine = (await StartAsync(Hi, Key, Me)).New!;
        // An end stays as it was recorded: the call that records one needs an answer that has none.
        if (call != "an end")
            await EndAsync(mine, "Hello");

        Assert.That(await Calls[call](this, Other, mine), Is.False, "another's");
        Assert.That(await Calls[call](this, default, mine), Is.False, "nobody's");
        Assert.That(await Calls[call](this, Me, mine), Is.True, "one's own: the call does find what is there");
    }

    private async Task<bool> StartsAsync(Owner owner, string? conversationId, string? parentId)
    {
        try
        {
            await StartAsync("More", conversationId, parentId, owner: owner);
            return true;
        }
        catch (RefusedException refused)
        {
            Assert.That(refused.Refusal.Status, Is.EqualTo(404));
            return false;
        }
    }
}
