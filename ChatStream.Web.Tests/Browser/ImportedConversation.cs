using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Puts a conversation into a user's list without a model.</summary>
internal static class ImportedConversation
{
    /// <param name="user">Its owner.</param>
    /// <param name="title">Its title.</param>
    /// <param name="texts">Its messages: the user's, an answer, and so on.</param>
    /// <param name="minute">How new it is.</param>
    /// <param name="at">When it was, if that matters.</param>
    /// <returns>The path of its page.</returns>
    public static async Task<string> ImportAsync(
        this BrowserUser user, string title, IReadOnlyList<string> texts, int minute = 0, DateTimeOffset? at = null)
    {
        var time = at ?? new DateTimeOffset(2026, 1, 2, 3, minute, 0, TimeSpan.Zero);
        var response = await user.Page.APIRequest.PostAsync("/conversations/import", new()
        {
            DataObject = new
            {
                id = "aaaaaaaaaaaaaaaa",
                title,
                leafId = $"m{texts.Count - 1}",
                createdAt = time,
                updatedAt = time,
                messages = texts.Select((text, i) => Message(i, text, time)),
            },
        });
        Assert.That(response.Status, Is.EqualTo(201), await response.TextAsync());
        return response.Headers["location"];
    }

    private static Dictionary<string, object> Message(int i, string text, DateTimeOffset time)
    {
        var message = new Dictionary<string, object>
        {
            ["id"] = $"m{i}", ["role"] = i % 2 == 0 ? "user" : "assistant", ["text"] = text, ["createdAt"] = time,
        };
        if (i > 0)
            message["parentId"] = $"m{i - 1}";
        if (i % 2 == 1)
            (message["model"], message["state"], message["finishReason"]) = ("gpt", "ended", "completed");
        return message;
    }
}
