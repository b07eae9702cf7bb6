using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

/// <summary>Which messages of a conversation are sent to the model.</summary>
internal sealed class ContextBuilderTests(DatabaseKind kind) : StoreTest(kind)
{
    private string _conversationId = "";

    [SetUp]
    public async Task AddConversationAsync()
    {
        _conversationId = Ids.New();
        await Store.Database.WriteAsync(Ada, async db =>
        {
            db.Conversations.Add(new Conversation
            {
                Id = _conversationId,
                OwnerId = Ada.Id,
                Title = "",
                LeafId = "",
                CreatedAt = Store.Time.GetUtcNow(),
                UpdatedAt = Store.Time.GetUtcNow(),
            });
            return await db.SaveChangesAsync();
        });
    }

    [Test]
    public async Task The_context_is_the_path_from_the_root_to_the_answered_message()
    {
        var u1 = await UserAsync(null, "u1");
        await AnswerAsync(u1, "sibling");
        var a1 = await AnswerAsync(u1, "a1");
        var edited = await UserAsync(a1, "edited");
        await AnswerAsync(edited, "answer to what was edited");
        var u2 = await UserAsync(a1, "u2");
        await AnswerAsync(u2, "what came of it before");
        await UserAsync(null, "another root");

        await CheckAsync(u2, "user: u1", "assistant: a1", "user: u2");
    }

    [TestCase(FinishReason.Completed, true)]
    [TestCase(FinishReason.Length, true)]
    [TestCase(FinishReason.Stopped, true)]
    [TestCase(FinishReason.Interrupted, true)]
    [TestCase(FinishReason.Filtered, false)]
    [TestCase(FinishReason.Failed, false)]
    [TestCase(null, false)]
    public async Task Whether_an_answer_is_sent_depends_on_how_it_ended(FinishReason? reason, bool counts)
    {
        var u1 = await UserAsync(null, "u1");
        var a1 = await AnswerAsync(u1, "a1", reason);
        var u2 = await UserAsync(a1, "u2");

        await CheckAsync(u2, counts ? ["user: u1", "assistant: a1", "user: u2"] : ["user: u1\n\nu2"]);
    }

    [Test]
    public void The_cases_above_cover_every_finish_reason() => Assert.That(Enum.GetValues<FinishReason>(), Has.Length.EqualTo(6));

    [Test]
    public async Task An_answer_without_text_is_not_sent()
    {
        var u1 = await UserAsync(null, "u1");
        var a1 = await AnswerAsync(u1, "", FinishReason.Stopped);
        var u2 = await UserAsync(a1, "u2");

        await CheckAsync(u2, "user: u1\n\nu2");
    }

    [Test]
    public async Task Messages_without_an_answer_between_them_are_one_turn()
    {
        var u1 = await UserAsync(null, "u1");
        var u2 = await UserAsync(await AnswerAsync(u1, "", FinishReason.Failed), "u2");
        var u3 = await UserAsync(await AnswerAsync(u2, "cut", FinishReason.Filtered), "u3");
        var a3 = await AnswerAsync(u3, "a3");
        var u4 = await UserAsync(a3, "u4");

        await CheckAsync(u4, "user: u1\n\nu2\n\nu3", "assistant: a3", "user: u4");
    }

    [TestCase(FailureCode.ContentFilter, FilteredPart.Prompt, false)]
    [TestCase(FailureCode.ContentFilter, FilteredPart.Answer, true)]
    [TestCase(FailureCode.ContextLengthExceeded, null, false)]
    [TestCase(FailureCode.ModelUnavailable, null, true)]
    public async Task A_message_that_the_service_refused_is_not_sent_with_the_next_one(
        FailureCode code, FilteredPart? of, bool isSent)
    {
        var u1 = await UserAsync(null, "u1");
        var a1 = await AnswerAsync(u1, "a1");
        var u2 = await UserAsync(a1, "refused", tokens: 900);
        var reason = code == FailureCode.ContentFilter ? FinishReason.Filtered : FinishReason.Failed;
        var a2 = await AnswerAsync(u2, "", reason, 0, new FailurePayload(code, "", Of: of));
        var u3 = await UserAsync(a2, "u3");

        await CheckAsync(u3, ["user: u1", "assistant: a1", isSent ? "user: refused\n\nu3" : "user: u3"]);
        await CheckAsync(u2, "user: u1", "assistant: a1", "user: refused");
        if (!isSent)
            await CheckAsync(u3, 30, "user: u1", "assistant: a1", "user: u3");
    }

    [Test]
    public async Task An_answer_and_its_continuations_are_one_turn()
    {
        var u1 = await UserAsync(null, "u1");
        var a1 = await AnswerAsync(u1, "one, ", FinishReason.Length);
        var a2 = await AnswerAsync(a1, "lost", FinishReason.Failed);
        var a3 = await AnswerAsync(a2, "two, ", FinishReason.Stopped);
        var a4 = await AnswerAsync(a3, "three");
        var u2 = await UserAsync(a4, "u2");

        await CheckAsync(u2, "user: u1", "assistant: one, losttwo, three", "user: u2");
    }

    [Test]
    public async Task Of_an_answer_whose_last_part_failed_the_parts_before_it_are_sent()
    {
        var u1 = await UserAsync(null, "u1");
        var a1 = await AnswerAsync(u1, "one, ", FinishReason.Failed);
        var a2 = await AnswerAsync(a1, "two, ", FinishReason.Filtered);
        var a3 = await AnswerAsync(a2, "three, ", FinishReason.Length);
        var a4 = await AnswerAsync(a3, "lost", FinishReason.Failed);
        var u2 = await UserAsync(a4, "u2");

        await CheckAsync(u2, "user: u1", "assistant: one, two, three, ", "user: u2");
        await CheckAsync(a4, "user: u1", "assistant: one, two, three, lost");
    }

    [Test]
    public async Task A_continued_answer_is_the_last_turn()
    {
        var u1 = await UserAsync(null, "u1");
        var a1 = await AnswerAsync(u1, "one, ", FinishReason.Length);
        var a2 = await AnswerAsync(a1, "two, ", FinishReason.Stopped);

        var context = await BuildAsync(a2, budget: 1000);
        Assert.That(Lines(context), Is.EqualTo(new[] { "user: u1", "assistant: one, two, " }));
        Assert.That(context.IsContinuation, Is.True);
        Assert.That((await BuildAsync(u1, budget: 1000)).IsContinuation, Is.False);
    }

    [Test]
    public async Task The_oldest_messages_are_left_out_when_the_budget_is_spent()
    {
        var u1 = await UserAsync(null, "u1", tokens: 100);
        var a1 = await AnswerAsync(u1, "a1", tokens: 100);
        var u2 = await UserAsync(a1, "u2", tokens: 100);
        var a2 = await AnswerAsync(u2, "a2", tokens: 100);
        var u3 = await UserAsync(a2, "u3", tokens: 100);

        string[] all = ["user: u1", "assistant: a1", "user: u2", "assistant: a2", "user: u3"];
        await CheckAsync(u3, 500, all);
        await CheckAsync(u3, 499, all[2..]);
        await CheckAsync(u3, 300, all[2..]);
        await CheckAsync(u3, 299, all[4..]);
        await CheckAsync(u3, 100, all[4..]);
    }

    [Test]
    public async Task The_token_counts_of_stored_messages_fill_the_budget()
    {
        var at = await TalkAsync("One", "1");
        for (var i = 0; i < 30; i++)
            at = await TalkAsync("Next", "Fine", at.ConversationId);
        var (question, answer) = (TestStore.Tokens.Count("Next"), TestStore.Tokens.Count("Fine"));

        // Room for the last question, for the two questions and answers before it, and for one more answer.
        var context = await BuildAsync(at.ParentId, question + (2 * (question + answer)) + answer);

        Assert.That(context.Turns.Select(turn => turn.Text), Is.EqualTo(new[] { "Next", "Fine", "Next", "Fine", "Next" }));
    }

    [TestCase(1)]
    [TestCase(0)]
    [TestCase(-5)]
    public async Task Nothing_is_sent_if_the_answered_message_exceeds_the_budget(int budget)
    {
        var u1 = await UserAsync(null, "u1", tokens: 1);
        var a1 = await AnswerAsync(u1, "a1", tokens: 1);
        var u2 = await UserAsync(a1, "u2", tokens: 5_000);

        await CheckAsync(u2, budget);
        await CheckAsync(u2, 5_000, "user: u2");
        await CheckAsync(u2, 4_999);
    }

    [Test]
    public async Task An_answer_that_is_not_sent_costs_nothing_unless_it_is_continued()
    {
        var u1 = await UserAsync(null, "u1", tokens: 10);
        var a1 = await AnswerAsync(u1, "a1", FinishReason.Failed, tokens: 5_000);
        var u2 = await UserAsync(a1, "u2", tokens: 10);

        await CheckAsync(u2, 20, "user: u1\n\nu2");
        await CheckAsync(a1, 5_009, "assistant: a1");
        await CheckAsync(a1, 4_999);
    }

    [Test]
    public async Task The_context_never_begins_with_an_answer()
    {
        var u1 = await UserAsync(null, "u1", tokens: 100);
        var a1 = await AnswerAsync(u1, "one, ", FinishReason.Length, tokens: 10);
        var a2 = await AnswerAsync(a1, "two", tokens: 10);
        var u2 = await UserAsync(a2, "u2", tokens: 10);

        await CheckAsync(u2, 30, "user: u2");
    }

    [Test]
    public async Task A_conversation_of_4000_messages_is_read_to_its_root()
    {
        const int pairs = 2_000;
        var last = "";
        await Store.Database.WriteAsync(Ada, async db =>
        {
            string? parent = null;
            for (var i = 0; i < pairs; i++)
            {
                db.Messages.Add(NewMessage(parent, MessageRole.User, $"u{i}", null, 1, out var user));
                db.Messages.Add(NewMessage(user, MessageRole.Assistant, $"a{i}", FinishReason.Completed, 1, out parent));
                last = user;
            }
            return await db.SaveChangesAsync();
        });

        var context = await BuildAsync(last, budget: 1_000_000);
        Assert.That(context.Turns, Has.Count.EqualTo((2 * pairs) - 1));
        Assert.That(Lines(context).Take(3), Is.EqualTo(new[] { "user: u0", "assistant: a0", "user: u1" }));
        Assert.That((await BuildAsync(last, budget: 101)).Turns, Has.Count.EqualTo(101));
    }

    [Test]
    public async Task An_unknown_message_has_an_empty_context() =>
        Assert.That((await BuildAsync("0000000000000000", budget: 1000)).Turns, Is.Empty);

    private Task<string> UserAsync(string? parent, string text, int tokens = 10) =>
        AddAsync(parent, MessageRole.User, text, null, tokens);

    private Task<string> AnswerAsync(
        string parent, string text, FinishReason? reason = FinishReason.Completed, int tokens = 10,
        FailurePayload? failure = null) =>
        AddAsync(parent, MessageRole.Assistant, text, reason, tokens, failure);

    private Task<string> AddAsync(
        string? parent, MessageRole role, string text, FinishReason? reason, int tokens, FailurePayload? failure = null) =>
        Store.Database.WriteAsync(Ada, async db =>
        {
            var message = NewMessage(parent, role, text, reason, tokens, out var id);
            (message.FailureCode, message.FailureOf) = (failure?.Code, failure?.Of);
            db.Messages.Add(message);
            await db.SaveChangesAsync();
            return id;
        });

    private Message NewMessage(string? parent, MessageRole role, string text, FinishReason? reason, int tokens, out string id) =>
        new()
        {
            Id = id = Ids.New(),
            ConversationId = _conversationId,
            OwnerId = Ada.Id,
            ParentId = parent,
            Role = role,
            Text = text,
            Tokens = tokens,
            FinishReason = reason,
            CreatedAt = Store.Time.GetUtcNow(),
        };

    private Task CheckAsync(string messageId, params string[] turns) => CheckAsync(messageId, budget: 1000, turns);

    private async Task CheckAsync(string messageId, int budget, params string[] turns) =>
        Assert.That(Lines(await BuildAsync(messageId, budget)), Is.EqualTo(turns), $"budget {budget}");

    private Task<PromptContext> BuildAsync(string messageId, int budget) =>
        Store.Contexts.BuildAsync(Ada, messageId, budget, Token);

    private static IEnumerable<string> Lines(PromptContext context) =>
        context.Turns.Select(turn => $"{(turn.Role == MessageRole.User ? "user" : "assistant")}: {turn.Text}");
}
