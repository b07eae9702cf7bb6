using System.Globalization;
using ChatStream.Emulator;
using ChatStream.Web.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>
/// A conversation far past the budget begins for many turns as it began for the turn before, so that the service has read most
/// of it.
/// </summary>
internal sealed class CachedContextTests : AppTest
{
    private const int Turns = 200;
    private const int Budget = 8_000;

    // As Azure counts: nothing below the first, then in steps.
    private const int First = 1_024;
    private const int Step = 128;

    private readonly TokenCounter _tokens = new();

    protected override void Configure(ChatApp.Setup setup) =>
        setup.Settings["Chat:ContextTokens"] = Budget.ToString(CultureInfo.InvariantCulture);

    [Test]
    public async Task Most_of_what_is_sent_was_sent_before()
    {
        var (sent, cached) = (0L, 0L);
        var (conversationId, before) = (default(string), Array.Empty<string>());
        var longest = 0;
        for (var turn = 0; turn < Turns; turn++)
        {
            var message = $"Turn {turn}: {Words(turn)}";
            Answers(message, Script.Answer($"Answer {turn}: {Words(turn + Turns)}"));
            var answer = await User.AskAsync(message, conversationId);
            conversationId = answer.GetProperty("conversationId").GetString();

            var request = await AskedAsync(turn);
            var messages = request.Json.GetProperty("messages").EnumerateArray()
                .Select(m => $"{m.GetProperty("role")}: {m.GetProperty("content")}").ToArray();
            var length = messages.Sum(_tokens.Count);
            var common = messages.Zip(before).TakeWhile(pair => pair.First == pair.Second).Sum(pair => _tokens.Count(pair.First));
            sent += length;
            cached += common < First ? 0 : First + ((common - First) / Step * Step);
            longest = Math.Max(longest, length);
            before = messages;
        }

        TestContext.Out.WriteLine($"{cached} of {sent} tokens were sent before; the longest request had {longest}.");
        Assert.That(longest, Is.InRange(Budget * 0.9, Budget * 1.1), "the budget is used, and holds");
        Assert.That((double)cached / sent, Is.GreaterThanOrEqualTo(0.8));
    }

    private static string Words(int seed)
    {
        var random = new Random(seed);
        return string.Join(' ', Enumerable.Range(0, 60).Select(_ => random.Next(10_000).ToString(CultureInfo.InvariantCulture)));
    }
}
