using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>A conversation that a test needs whole, without having it answered.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Time">When it was; null: now.</param>
internal sealed record ImportedConversation(string Title, DateTimeOffset? Time = null)
{
    private readonly List<Dictionary<string, object>> _messages = [];

    private DateTimeOffset At { get; } = Time ?? TimeProvider.System.GetUtcNow();

    /// <summary>Adds a question and its answer.</summary>
    public ImportedConversation Exchange(string question, string answer) => Say(question).Say(answer);

    /// <summary>Adds a message: the user's, then an answer, and so on.</summary>
    public ImportedConversation Say(string text) => Add(text, []);

    /// <summary>Adds a text as a question and as everything that a failed answer has.</summary>
    public ImportedConversation Everywhere(string text) => Say(text).Add(text, new()
    {
        ["reasoning"] = text,
        ["model"] = text[..Math.Min(text.Length, 100)],
        ["finishReason"] = "failed",
        ["failure"] = new { code = "internal", message = text },
    });

    /// <summary>Returns the address of the page of the conversation; empty if it was refused.</summary>
    public async Task<string> ImportAsync(BrowserUser user, bool mayBeRefused = false)
    {
        var response = await user.Page.APIRequest.PostAsync("/conversations/import", new()
        {
            DataObject = new
            {
                id = "aaaaaaaaaaaaaaaa",
                title = Title,
                leafId = Id(_messages.Count - 1),
                createdAt = At,
                updatedAt = At,
                messages = _messages,
            },
        });
        if (!mayBeRefused || response.Status != 400)
            Assert.That(response.Status, Is.EqualTo(201), await response.TextAsync());
        return response.Headers.GetValueOrDefault("location", "").Replace("/conversations/", "/chat/", StringComparison.Ordinal);
    }

    private ImportedConversation Add(string text, Dictionary<string, object> more)
    {
        var isAnswer = _messages.Count % 2 == 1;
        var message = new Dictionary<string, object>(more)
        {
            ["id"] = Id(_messages.Count),
            ["role"] = isAnswer ? "assistant" : "user",
            ["text"] = text,
            ["createdAt"] = At,
        };
        if (_messages.Count > 0)
            message["parentId"] = Id(_messages.Count - 1);
        if (isAnswer)
        {
            message.TryAdd("model", "gpt");
            message.TryAdd("finishReason", "completed");
        }
        _messages.Add(message);
        return this;
    }

    private static string Id(int number) => $"m{number:D15}";
}

internal static class ImportingUser
{
    /// <summary>Puts a conversation of these messages into the user's list.</summary>
    /// <param name="user">Its owner.</param>
    /// <param name="title">Its title.</param>
    /// <param name="texts">Its messages: the user's, an answer, and so on.</param>
    /// <param name="minute">How new it is.</param>
    /// <param name="at">When it was, if that matters.</param>
    /// <returns>The path of its page.</returns>
    public static Task<string> ImportAsync(
        this BrowserUser user, string title, IEnumerable<string> texts, int minute = 0, DateTimeOffset? at = null) =>
        texts.Aggregate(
            new ImportedConversation(title, at ?? new DateTimeOffset(2026, 1, 2, 3, minute, 0, TimeSpan.Zero)),
            (conversation, text) => conversation.Say(text)).ImportAsync(user);
}
