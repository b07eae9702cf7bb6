using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>What is sent to the model, and what is counted of it, whichever way a message came.</summary>
internal sealed class BudgetTests : AppTest
{
    private const int Budget = 1_000;

    private static readonly string Long = string.Concat(Enumerable.Repeat("many words ", 20_000));

    protected override void Configure(ChatApp.Setup setup) => setup.Settings["Chat:ContextTokens"] = $"{Budget}";

    [Test]
    public async Task Imported_messages_are_trimmed_like_others()
    {
        var messages = Enumerable.Range(0, 5).Select(i => new
        {
            id = $"{i}",
            parentId = i == 0 ? null : $"{i - 1}",
            role = "user",
            text = Long,
            createdAt = DateTimeOffset.UnixEpoch,
        }).ToArray();
        var tree = await ImportAsync(messages);

        await User.AskAsync("hi", tree.GetProperty("id").GetString());

        Assert.That((await AskedAsync()).Body, Has.Length.LessThan(10 * Budget));
    }

    [Test]
    public async Task An_imported_message_that_is_too_long_is_not_answered()
    {
        var tree = await ImportAsync(new { id = "q", role = "user", text = Long, createdAt = DateTimeOffset.UnixEpoch });
        var parentId = tree.GetProperty("messages")[0].GetProperty("id").GetString();

        var (response, problem) = await User.JsonAsync(ChatClient.Post(new { parentId }));

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(problem.GetProperty("code").GetString(), Is.EqualTo("message_too_long"));
        Assert.That(problem.GetProperty("numbers")[0].GetInt32(), Is.GreaterThan(20_000));
        Assert.That(problem.GetProperty("numbers")[1].GetInt32(), Is.EqualTo(Budget));
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task An_imported_answer_that_failed_is_not_continued_if_it_is_too_long()
    {
        var tree = await ImportAsync(
            new { id = "q", parentId = (string?)null, role = "user", text = "hi", createdAt = DateTimeOffset.UnixEpoch },
            new
            {
                id = "a",
                parentId = "q",
                role = "assistant",
                text = Long,
                createdAt = DateTimeOffset.UnixEpoch,
                finishReason = "failed",
            });
        var parentId = tree.GetProperty("messages")[1].GetProperty("id").GetString();

        var (response, problem) = await User.JsonAsync(ChatClient.Post(new { parentId }));

        Assert.That((int)response.StatusCode, Is.EqualTo(400), problem.GetRawText());
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task The_last_usage_counts()
    {
        static string Chunk(string text, int written) =>
            """{"choices":[{"index":0,"delta":{"content":" """ + text + """ "}}],"usage":{"prompt_tokens":50,"completion_tokens":"""
            + $"{written},\"completion_tokens_details\":{{\"reasoning_tokens\":{written - 1}}}}}}}";
        Answers("Hi", Script.Start().Event(Chunk("a", 1)).Event(Chunk("b", 2)).Event(Chunk("c", 3)).Finish("stop")
            .Event("""{"choices":[],"usage":{"prompt_tokens":50,"completion_tokens":3}}""").Done());

        var answer = await User.AskAsync("Hi");

        Assert.That(
            answer.GetProperty("usage").GetRawText(),
            Is.EqualTo("""{"inputTokens":50,"outputTokens":3,"reasoningTokens":2}"""));
    }

    private async Task<JsonElement> ImportAsync(params object[] messages)
    {
        var ids = messages.Select(message => JsonSerializer.SerializeToElement(message).GetProperty("id").GetString()).ToList();
        var tree = new
        {
            id = "any",
            title = "Title",
            leafId = ids[^1],
            createdAt = DateTimeOffset.UnixEpoch,
            updatedAt = DateTimeOffset.UnixEpoch,
            messages,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/conversations/import")
        {
            Content = new StringContent(JsonSerializer.Serialize(tree), System.Text.Encoding.UTF8, "application/json"),
        };
        var (response, body) = await User.JsonAsync(request);
        Assert.That((int)response.StatusCode, Is.EqualTo(201), body.GetRawText());
        return body;
    }
}
