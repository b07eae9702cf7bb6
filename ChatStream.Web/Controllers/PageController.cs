using System.Security.Cryptography;
using System.Text;
using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Providers;
using ChatStream.Web.Storage;
using ChatStream.Web.Views.Page;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>The chat page, and the form that makes it work without JavaScript.</summary>
[RefusalFilter]
internal sealed class PageController(
    ConversationLibrary library, AnswerStarter starter, AnswerLookup answers, AnswerStopper stopper, ModelCatalog catalog, TimeProvider time)
    : Controller
{
    private const string PageView = "Index";
    private const string NotFoundView = "NotFound";

    /// <summary>How long the form waits for the answer before it shows the page with the text so far.</summary>
    private static readonly TimeSpan FormWait = TimeSpan.FromSeconds(20);

    /// <summary>A new chat; under the second path whoever comes back from a form that was refused there.</summary>
    [HttpGet("/")]
    [HttpGet("/chat")]
    public Task<IActionResult> Index() => PageAsync(conversationId: null);

    /// <summary>A conversation, on the path last shown.</summary>
    [HttpGet("/chat/{conversationId}")]
    public Task<IActionResult> Show(string conversationId) => PageAsync(conversationId);

    /// <summary>Sends a message without JavaScript.</summary>
    [HttpPost("/chat")]
    [RequestSizeLimit(RequestReading.LargestBody)]
    public async Task<IActionResult> Send()
    {
        var form = new ChatForm();
        try
        {
            form = await ChatForm.ReadAsync(Request, HttpContext.RequestAborted);
            var start = new StartRequest { Message = form.Message, ConversationId = form.ConversationId, Model = form.Model };
            return new SeeOther(await StartAsync(start, form.FormKey));
        }
        catch (RefusedException refused)
        {
            Response.StatusCode = refused.Refusal.Status;
            if (refused.Refusal.RetryAfter is { } seconds)
                Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            var conversationId = refused.Refusal.Status == StatusCodes.Status404NotFound ? null : form.ConversationId;
            return await PageAsync(conversationId, draft: form.Message, new FormRefusal(refused.Refusal.Code, refused.Refusal.Numbers));
        }
        catch (StorageException)
        {
            Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return await PageAsync(form.ConversationId, draft: form.Message, new FormRefusal("not_stored", []));
        }
    }

    /// <summary>
    /// Stops an answer without JavaScript. A page again, and not the 204 that programs get: after that, browsers would not
    /// refresh the page any more.
    /// </summary>
    [HttpPost("/chat/stop")]
    public async Task<IActionResult> Stop([FromForm] string? generationId)
    {
        try
        {
            await stopper.StopAsync(HttpContext.Owner(), generationId ?? "", HttpContext.RequestAborted);
            var answer = await answers.FindAsync(HttpContext.Owner(), generationId!, HttpContext.RequestAborted);
            return new SeeOther($"/chat/{answer.ConversationId}");
        }
        catch (RefusedException refused)
        {
            Response.StatusCode = refused.Refusal.Status;
            return View(NotFoundView);
        }
    }

    private async Task<string> StartAsync(StartRequest start, string? formKey)
    {
        using var limit = new CancellationTokenSource(FormWait, time);
        var started = await starter.StartAsync(
            HttpContext.Owner(), start, FormRepeat(start, formKey), keepUnread: true, HttpContext.RequestAborted);
        HttpContext.TagGeneration(started.GenerationId);
        using var reader = started.Reader;
        if (reader is not null)
            await reader.SkipToEndAsync(limit.Token);
        var answer = await answers.FindAsync(HttpContext.Owner(), started.GenerationId, CancellationToken.None);
        return $"/chat/{answer.ConversationId}";
    }

    // The same form sent twice is one send; the same form with another text in it is another one.
    private static RepeatKey? FormRepeat(StartRequest start, string? formKey) => formKey is not { Length: > 0 } ? null
        : RepeatKey.Of($"form:{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{formKey}\n{start.Message}\n{start.Model}")))}", start);

    private async Task<IActionResult> PageAsync(string? conversationId, string? draft = null, FormRefusal? refusal = null)
    {
        var (owner, aborted) = (HttpContext.Owner(), HttpContext.RequestAborted);
        var found = conversationId is null ? null : await library.FindAsync(owner, conversationId, aborted);
        if (conversationId is not null && found is null)
        {
            Response.StatusCode = StatusCodes.Status404NotFound;
            return View(NotFoundView);
        }

        var path = found?.ShownPath ?? [];
        await answers.UpdateRunningAsync(owner, path, aborted);
        var messages = path.Select(message => MessageViews.Of(message, found!.SiblingsOf(message))).ToList();
        var recent = await library.ListAsync(owner, query: null, before: null, ConversationsController.UsualNumber, aborted);
        var model = messages.LastOrDefault(message => message.Model is not null)?.Model;
        var (now, zone) = (time.GetUtcNow(), Days.ZoneOf(Request));
        Response.Headers.CacheControl = "no-store";
        return View(PageView, new ChatPage
        {
            ConversationId = conversationId,
            Title = found?.Conversation.Title,
            Conversations = [.. recent.Conversations.Select(conversation => LinkTo(conversation, conversationId, Days.Of(conversation.UpdatedAt, now, zone)))],
            NextConversations = recent.Next,
            Messages = messages,
            Models = [.. catalog.Models.Select(m => new ModelView(m.Name, m.Label, m.Name == (model ?? catalog.Default.Name)))],
            IsDemo = catalog.IsDemo,
            Draft = draft,
            Refusal = refusal,
            FormKey = Ids.New(),
        });
    }

    private static ConversationLink LinkTo(ConversationSummary conversation, string? shownId, string day) => new()
    {
        Id = conversation.Id,
        Title = conversation.Title,
        LeafId = conversation.LeafId,
        UpdatedAt = conversation.UpdatedAt,
        IsRunning = conversation.Running,
        IsShown = conversation.Id == shownId,
        Day = day,
    };
}
