using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Views.Page;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>The chat page, and the forms by which it works without JavaScript.</summary>
[RefusalFilter]
[HeadLikeGet]
public sealed class PageController(
    PageModels pages,
    IAnswerStarter starter,
    IAnswerLookup answers,
    IAnswerStopper stopper,
    IToolDecider decider,
    TimeProvider time) : Controller
{
    /// <summary>
    /// How long a sent form waits for the end of the answer. Then the page is shown with the text so far. Shorter than the time
    /// after which proxies give up (nginx: 60 s).
    /// </summary>
    private static readonly TimeSpan FormWait = TimeSpan.FromSeconds(20);

    /// <summary>
    /// A new chat, perhaps in a folder, which is shown whole. <c>/chat</c> is where a browser is after a form that was refused.
    /// </summary>
    [HttpGet("/")]
    [HttpGet("/chat")]
    public Task<IActionResult> Index(
        [FromQuery] string? folder, [FromQuery(Name = WelcomeView.Parameter), Range(1, 100)] int prompt = 0) =>
        PageAsync(new PageAsked { FolderId = folder, Prompt = prompt });

    /// <summary>The pinned conversations and the folders, as they stand in the list. The script asks for them.</summary>
    /// <param name="conversation">The one that is shown.</param>
    /// <param name="folder">The one that is shown whole.</param>
    /// <param name="marked">Ids, with dots between, of conversations that stand in the list wherever they are.</param>
    [HttpGet("/shelf")]
    [ApiExplorerSettings(IgnoreApi = true)]
    public async Task<IActionResult> Shelf(
        [FromQuery] string? conversation, [FromQuery] string? folder, [FromQuery] string? marked)
    {
        Response.Headers.CacheControl = "no-store";
        return PartialView("_Shelf", await pages.ShelfAsync(HttpContext, conversation, folder, marked));
    }

    /// <summary>A conversation, on the path last shown.</summary>
    [HttpGet("/chat/{conversationId}")]
    public Task<IActionResult> Show([FromRoute] string conversationId) =>
        PageAsync(new PageAsked { ConversationId = conversationId });

    /// <summary>Sends the message of a <see cref="ChatForm"/>. A form that is refused comes back with its text.</summary>
    [HttpPost("/chat")]
    [BodyLimit(RequestLimits.Body)]
    public async Task<IActionResult> Send()
    {
        var form = new ChatForm();
        try
        {
            form = await ChatForm.ReadAsync(Request);
            var start = new StartRequest
            {
                Message = form.Message,
                ConversationId = form.ConversationId,
                Model = form.Model,
                Temporary = form.Temporary,
                Preset = form.Preset,
                Effort = form.Effort,
                Verbosity = form.Verbosity,
                SystemPrompt = form.SystemPrompt,
                FolderId = form.FolderId,
            };
            return new SeeOther(await StartAsync(start, form.FormKey));
        }
        catch (RefusedException refused)
        {
            NextInstance.Offer(HttpContext, refused.Refusal);
            Response.StatusCode = refused.Refusal.Status;
            if (refused.Refusal.RetryAfter is { } seconds)
                Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            var isThere = refused.Refusal.Status is not (StatusCodes.Status404NotFound or StatusCodes.Status410Gone);
            var conversationId = isThere ? form.ConversationId : null;
            return await PageAsync(new PageAsked
            {
                ConversationId = conversationId,
                Draft = form.Message,
                Refusal = new FormRefusal(refused.Refusal.Code, refused.Refusal.Numbers),
            });
        }
        catch (StorageException fault)
        {
            Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            var code = fault.IsUnknown ? "maybe_stored" : "not_stored";
            return await PageAsync(new PageAsked
            {
                ConversationId = form.ConversationId,
                Draft = form.Message,
                Refusal = new FormRefusal(code, []),
            });
        }
    }

    /// <summary>
    /// Stops an answer without JavaScript. It leads back to the page. With the 204 that programs get, browsers would stay on the
    /// old page and stop refreshing it.
    /// </summary>
    [HttpPost("/chat/stop")]
    [BodyLimit(RequestLimits.Fields)]
    public async Task<IActionResult> Stop()
    {
        try
        {
            var generationId = (await SentForm.ReadAsync(Request))["generationId"].ToString();
            await stopper.StopAsync(HttpContext.Owner(), generationId, HttpContext.RequestAborted);
            var answer = await answers.FindAsync(HttpContext.Owner(), generationId, HttpContext.RequestAborted);
            return new SeeOther(Request.LocalPathOf($"/chat/{answer.ConversationId}"));
        }
        catch (RefusedException refused)
        {
            return await NotFoundAsync(refused.Refusal.Status);
        }
    }

    /// <summary>Decides about a call of a tool without JavaScript. It leads back to the page.</summary>
    [HttpPost("/chat/decide")]
    [BodyLimit(RequestLimits.Fields)]
    public async Task<IActionResult> Decide()
    {
        try
        {
            var form = await SentForm.ReadAsync(Request);
            var generationId = form["generationId"].ToString();
            var answer = await answers.FindAsync(HttpContext.Owner(), generationId, HttpContext.RequestAborted);
            await DecideAsync(generationId, form["callId"].ToString(), DecisionIn(form));
            return new SeeOther(Request.LocalPathOf($"/chat/{answer.ConversationId}"));
        }
        catch (RefusedException refused)
        {
            return await NotFoundAsync(refused.Refusal.Status);
        }
    }

    /// <summary>A call that was decided meanwhile, in another tab, is no fault: the page shows how.</summary>
    private async Task DecideAsync(string generationId, string callId, ToolDecision decision)
    {
        try
        {
            await decider.DecideAsync(HttpContext.Owner(), generationId, callId, decision, HttpContext.RequestAborted);
        }
        catch (RefusedException refused) when (refused.Refusal.Status == StatusCodes.Status409Conflict)
        {
        }
    }

    private static ToolDecision DecisionIn(IFormCollection form) => form["decision"].ToString() switch
    {
        "allow" => new ToolDecision { Decision = ToolVerdict.Allow },
        "allow-conversation" => new ToolDecision { Decision = ToolVerdict.Allow, Remember = ToolMemory.Conversation },
        "deny" => new ToolDecision { Decision = ToolVerdict.Deny },
        _ => throw new RefusedException(400, "decision", "A decision is allow, allow-conversation or deny."),
    };

    private async Task<string> StartAsync(StartRequest start, string? formKey)
    {
        using var limit = new CancellationTokenSource(FormWait, time);
        var started = await starter.StartAsync(
            HttpContext.Caller() with { IsPage = true }, start, FormRepeat(start, formKey), keepUnread: true,
            HttpContext.RequestAborted);
        HttpContext.TagGeneration(started.GenerationId);
        using var reader = started.Reader;
        if (reader is not null)
            await reader.SkipToEndAsync(limit.Token);
        var answer = await answers.FindStartedAsync(HttpContext.Owner(), started.GenerationId, CancellationToken.None);
        return Request.LocalPathOf($"/chat/{answer.ConversationId}");
    }

    /// <summary>The same form with the same text, sent twice, is one start. With another text it is another start.</summary>
    private static RepeatKey? FormRepeat(StartRequest start, string? formKey)
    {
        if (formKey is not { Length: > 0 })
            return null;
        var sent = JsonSerializer.Serialize(start, WireJson.Wire.StartRequest);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{formKey}\n{sent}"));
        return RepeatKey.Of($"form:{Convert.ToHexString(hash)}", start);
    }

    private async Task<IActionResult> PageAsync(PageAsked asked)
    {
        if (await pages.FindAsync(HttpContext, asked) is not { } page)
            return await NotFoundAsync(StatusCodes.Status404NotFound);
        Response.Headers.CacheControl = "no-store";
        return View(nameof(Index), page);
    }

    /// <summary>A new chat that says so. The user's other conversations stand beside it.</summary>
    private Task<IActionResult> NotFoundAsync(int status)
    {
        Response.StatusCode = status;
        return PageAsync(new PageAsked { Refusal = new FormRefusal("not_found", []) });
    }
}
