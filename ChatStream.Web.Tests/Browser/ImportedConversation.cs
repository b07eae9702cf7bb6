using Microsoft.Playwright;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>A conversation that a test needs whole, without having it answered.</summary>
internal sealed record ImportedConversation(string Title)
{
    private readonly List<object> _messages = [];
    private string? _leafId;

    /// <summary>Adds a question and its answer.</summary>
    public ImportedConversation Exchange(string question, string answer) =>
        Add(question, parent => new { id = Id(), parentId = parent, role = "assistant", text = answer, createdAt = Now });

    /// <summary>Adds a text as a question and as everything that a failed answer has.</summary>
    public ImportedConversation Everywhere(string text) => Add(text, parent => new
    {
        id = Id(), parentId = parent, role = "assistant", text, reasoning = text, model = text[..Math.Min(text.Length, 100)],
        finishReason = "failed", createdAt = Now, failure = new { code = "internal", message = text },
    });

    /// <summary>Returns the address of the conversation; empty if it was refused.</summary>
    public async Task<string> ImportAsync(BrowserUser user, bool mayBeRefused = false)
    {
        var response = await user.Page.APIRequest.PostAsync("/conversations/import", new()
        {
            DataObject = new
            {
                id = "aaaaaaaaaaaaaaaa", title = Title, leafId = _leafId, createdAt = Now, updatedAt = Now, messages = _messages,
            },
        });
        if (!mayBeRefused || response.Status != 400)
            Assert.That(response.Status, Is.EqualTo(201), await response.TextAsync());
        return response.Headers.GetValueOrDefault("location", "");
    }

    private static DateTimeOffset Now { get; } = DateTimeOffset.UtcNow;

    private ImportedConversation Add(string question, Func<string, object> answer)
    {
        var id = Id();
        _messages.Add(new { id, parentId = _leafId, role = "user", text = question, createdAt = Now });
        _leafId = $"m{_messages.Count:D15}";
        _messages.Add(answer(id));
        return this;
    }

    private string Id() => $"m{_messages.Count:D15}";
}
