using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

/// <summary>No call finds or changes a row of another owner.</summary>
internal sealed class ForeignOwnerTests(DatabaseKind kind) : StoreTest(kind)
{
    private static readonly StartRequest Hello = new() { Message = "Hello" };
    private static readonly RepeatKey Key = RepeatKey.Of("key-1", Hello);

    /// <summary>
    /// Returns whether a call as <paramref name="owner"/> finds what was stored for <see cref="StoreTest.Ada"/>.
    /// </summary>
    private delegate Task<bool> Call(ForeignOwnerTests test, Owner owner, StartPayload ada);

    private static readonly Dictionary<string, Call> Calls = new()
    {
        ["the conversation"] = async (test, owner, ada) =>
            await test.Store.Library.FindAsync(owner, ada.ConversationId, Token) is not null,
        ["the shown path"] = async (test, owner, ada) =>
            await test.Store.Library.FindShownAsync(owner, ada.ConversationId, Token) is not null,
        ["the tree"] = async (test, owner, ada) => await test.Store.TreeAsync(owner, ada.ConversationId, Token) is not null,
        ["the list"] = async (test, owner, _) =>
            (await test.Store.Library.ListAsync(owner, query: null, before: null, limit: 10, Token)).Conversations.Count > 0,
        ["the answer"] = async (test, owner, ada) => await test.Store.Stored.FindAsync(owner, ada.MessageId, Token) is not null,
        ["the key of a start"] = async (test, owner, _) => await test.Store.Starts.FindAsync(owner, Key, Token) is not null,
        ["the context"] = async (test, owner, ada) =>
            (await test.Store.Contexts.BuildAsync(owner, ada.ParentId, budget: 1000, Token)).Turns.Count > 0,
        ["a start in the conversation"] = (test, owner, ada) => test.StartsAsync(owner, "x", ada.ConversationId, parentId: null),
        ["a start at its root"] = (test, owner, ada) => test.StartsAsync(owner, "x", conversationId: null, ada.ConversationId),
        ["a start under its message"] = (test, owner, ada) => test.StartsAsync(owner, "x", conversationId: null, ada.ParentId),
        ["a start under its answer"] = (test, owner, ada) => test.StartsAsync(owner, "x", ada.ConversationId, ada.MessageId),
        ["another answer"] = (test, owner, ada) => test.StartsAsync(owner, message: null, conversationId: null, ada.ParentId),
        ["a change"] = async (test, owner, ada) =>
            await test.Store.Library.ChangeAsync(
                owner, ada.ConversationId, new ConversationChange { Title = "Mine" }) is not null,
        ["a summary"] = async (test, owner, ada) => await test.KeepAsync(owner, ada) is not null,
        ["the removal of a summary"] = async (test, owner, ada) =>
        {
            await test.KeepAsync(Ada, ada);
            return await test.Summaries.RemoveAsync(owner, ada.ConversationId, ada.MessageId);
        },
        ["a deletion"] = async (test, owner, ada) => await test.Store.Library.DeleteAsync(owner, ada.ConversationId) is not null,
        [End] = async (test, owner, ada) =>
        {
            await test.EndAsync(ada, "Changed", owner: owner);
            return (await test.Store.Stored.FindAsync(Ada, ada.MessageId, Token))!.Text == "Changed";
        },
        ["forgetting a start"] = async (test, owner, ada) =>
        {
            await test.Store.Starts.ForgetAsync(owner, Key, ada.GenerationId);
            return await test.Store.Starts.FindAsync(Ada, Key, Token) is null;
        },
    };

    private const string End = "an end";

    private static IEnumerable<string> Names => Calls.Keys;

    [TestCaseSource(nameof(Names))]
    public async Task The_ids_of_another_owner_lead_to_nothing(string call)
    {
        var ada = (await Store.StartAsync(Ada, TestStore.Command(Hello, Key))).New!;
        // The first end of an answer is final, so the call that stores one needs a running answer.
        if (call != End)
            await EndAsync(ada, "Hello!");

        Assert.That(await Calls[call](this, Bob, ada), Is.False, "another owner");
        Assert.That(await Calls[call](this, default, ada), Is.False, "no owner");
        Assert.That(await Calls[call](this, Ada, ada), Is.True, "the owner: the call does find the row");
    }

    private SummaryStore Summaries => new(Store.Database, TestStore.Tokens, Store.Time);

    private Task<SummaryNode?> KeepAsync(Owner owner, StartPayload ada) =>
        Summaries.KeepAsync(owner, ada.ConversationId, ada.MessageId, "They greeted.", room: 1_000);

    private async Task<bool> StartsAsync(Owner owner, string? message, string? conversationId, string? parentId)
    {
        try
        {
            await StartAsync(message, conversationId, parentId, owner);
            return true;
        }
        catch (RefusedException refused)
        {
            Assert.That(refused.Refusal.Status, Is.EqualTo(404));
            return false;
        }
    }
}
