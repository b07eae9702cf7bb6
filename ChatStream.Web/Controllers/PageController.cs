using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Answers.Summing;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Conversations.Presets;
using ChatStream.Web.Files;
using ChatStream.Web.Privacy;
using ChatStream.Web.Prompts;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Demo;
using ChatStream.Web.Storage;
using ChatStream.Web.Usage.Budgets;
using ChatStream.Web.Views;
using ChatStream.Web.Views.Page;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace ChatStream.Web.Controllers;

/// <summary>The chat page, and the forms by which it works without JavaScript.</summary>
[RefusalFilter]
[HeadLikeGet]
public sealed class PageController(
    IConversationLibrary library,
    IFolders folders,
    IAnswerStarter starter,
    IAnswerLookup answers,
    IAnswerStopper stopper,
    IToolDecider decider,
    ModelCatalog catalog,
    PresetCatalog presets,
    ISummaries summaries,
    IFileDesk files,
    IBudgets budgets,
    IBrowserMove browsers,
    IFeedback feedback,
    Welcome welcome,
    IStringLocalizer<Words> words,
    TimeProvider time) : Controller
{
    /// <summary>
    /// How long a sent form waits for the end of the answer. Then the page is shown with the text so far. Shorter than the time
    /// after which proxies give up (nginx: 60 s).
    /// </summary>
    private static readonly TimeSpan FormWait = TimeSpan.FromSeconds(20);

    /// <summary>Conversations, and folders, that a new chat names.</summary>
    private const int MostRecent = 4;

    /// <summary>The conversations of one folder, or the pinned ones, that the list shows.</summary>
    private const int MostOfShelf = 100;

    /// <summary>Conversations of all folders together that stand in the list from the beginning.</summary>
    private const int NewestOfShelf = 60;

    /// <summary>Older conversations in folders that the list has too, because the browser has marked them.</summary>
    private const int MostMarked = 40;

    /// <summary>
    /// A new chat, perhaps in a folder, which is shown whole. <c>/chat</c> is where a browser is after a form that was refused.
    /// </summary>
    [HttpGet("/")]
    [HttpGet("/chat")]
    public Task<IActionResult> Index(
        [FromQuery] string? folder, [FromQuery(Name = WelcomeView.Parameter), Range(1, 100)] int prompt = 0) =>
        PageAsync(conversationId: null, folderId: folder, begin: Starters.ElementAtOrDefault(prompt - 1));

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
        return PartialView("_Shelf", await ShelfAsync(conversation, folder, marked));
    }

    /// <summary>A conversation, on the path last shown.</summary>
    [HttpGet("/chat/{conversationId}")]
    public Task<IActionResult> Show([FromRoute] string conversationId) => PageAsync(conversationId);

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
            Response.StatusCode = refused.Refusal.Status;
            if (refused.Refusal.RetryAfter is { } seconds)
                Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            var isThere = refused.Refusal.Status is not (StatusCodes.Status404NotFound or StatusCodes.Status410Gone);
            var conversationId = isThere ? form.ConversationId : null;
            return await PageAsync(conversationId, form.Message, new FormRefusal(refused.Refusal.Code, refused.Refusal.Numbers));
        }
        catch (StorageException fault)
        {
            Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            var code = fault.IsUnknown ? "maybe_stored" : "not_stored";
            return await PageAsync(form.ConversationId, form.Message, new FormRefusal(code, []));
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
        var answer = await answers.FindAsync(HttpContext.Owner(), started.GenerationId, CancellationToken.None);
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

    private async Task<IActionResult> PageAsync(
        string? conversationId, string? draft = null, FormRefusal? refusal = null, string? folderId = null,
        PromptEntry? begin = null)
    {
        var (owner, aborted) = (HttpContext.Owner(), HttpContext.RequestAborted);
        var open = catalog.For(HttpContext.Rights()).ToList();
        if (open.Count == 0)
            throw new RefusedException(403, field: null, "The settings leave no model to this user.", "no_model");
        var found = conversationId is null ? null : await library.FindShownAsync(owner, conversationId, aborted);
        if (conversationId is not null && found is null)
            return await NotFoundAsync(StatusCodes.Status404NotFound);

        var shelf = await ShelfAsync(conversationId, folderId ?? found?.Conversation.FolderId);
        if (folderId is not null && shelf.Folders.All(view => view.Folder.Id != folderId))
            return await NotFoundAsync(StatusCodes.Status404NotFound);
        var path = found?.Path ?? [];
        await answers.UpdateRunningAsync(owner, path, aborted);
        var messages = found?.Turns.Select(turn => MessageViews.Of(
            turn, found.SiblingsOf, catalog.LabelOf, AnsweredBy, message => found.Files[message.Id], feedback.IsOpen))
            .ToList() ?? [];
        var recent = await library.ListAsync(
            owner, new ListQuery(Text: null, Before: null, ConversationsController.UsualOfPage)
            {
                Folder = FolderEntry.None,
                Pinned = false,
            }, aborted);
        var last = path.LastOrDefault(message => message.Model is not null);
        // One that is not configured any more stays: the page says what answered. One that is for others is not named.
        var model = last?.Model is { } name && (catalog.Find(name) is not { } known || open.Contains(known))
            ? name : open.Find(known => known.Name == begin?.Model)?.Name ?? Chosen(open);
        var context = found is null ? new ContextState() : await summaries.FindAsync(owner, found, model, aborted);
        var uses = await budgets.ReadAsync(HttpContext.Caller(), aborted);
        Response.Headers.CacheControl = "no-store";
        return View(nameof(Index), new ChatPage
        {
            ConversationId = conversationId,
            Title = found?.Conversation.Title,
            IsTemporary = found?.Conversation.IsTemporary == true,
            Conversations = Links(WithShown(recent.Conversations, found?.Conversation, messages), conversationId),
            Shelf = shelf,
            Folder = shelf.Folders.FirstOrDefault(view => view.Folder.Id == folderId)?.Folder,
            NextConversations = recent.Next,
            Messages = messages,
            Context = context,
            Models = [.. open.Select(known => ViewOf(known, isSelected: known.Name == model))],
            Manner = MannerOf(found?.Conversation, begin?.Preset),
            IsDemo = catalog.IsDemo,
            UserName = User.FindFirst(ClaimTypes.Name)?.Value,
            CanSignOut = HttpContext.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult is { Succeeded: true },
            OfBrowser = await browsers.FindAsync(BrowserBefore.Find(User, owner), aborted),
            IsAdmin = HttpContext.Rights().IsAdmin,
            MostFiles = files.IsOpen ? files.MostPerMessage : 0,
            MostFileBytes = files.MostBytes,
            HasFeedback = feedback.IsOpen,
            HasBudgets = uses.Count > 0,
            Budget = refusal is null ? NewsOf(uses) : null,
            Welcome = WelcomeOf(
            [
                .. Links(recent.Conversations, shownId: null), .. shelf.Pinned,
                .. shelf.Folders.Where(view => !view.IsArchive).SelectMany(view => view.Conversations),
            ], shelf.Folders),
            Draft = draft ?? begin?.Text,
            Refusal = refusal,
            FormKey = Ids.New(),
        });
    }

    /// <summary>The script asks for pages too, to show the conversation in the one that is there.</summary>
    private BudgetUse? NewsOf(IReadOnlyList<BudgetUse> uses) =>
        HttpMethods.IsGet(Request.Method) && !Request.Headers.ContainsKey(RequestOwner.PageHeader)
        && UserBudgets.Lowest(uses) is { } lowest && BudgetNotice.IsNews(HttpContext, lowest) ? lowest : null;

    /// <summary>Without prompts of the settings, the demo model offers what it can act out.</summary>
    private IReadOnlyList<PromptEntry> Starters =>
        welcome.Prompts.Count > 0 || !catalog.IsDemo
        ? [.. welcome.Prompts.Select(prompt => prompt.In(Language.Current.Culture))]
        : [.. DemoModel.Scenes.Select(scene => new PromptEntry { Title = words[$"demo.{scene[1..]}"].Value, Text = scene })];

    private WelcomeView WelcomeOf(IReadOnlyList<ConversationLink> recent, IReadOnlyList<FolderView> folders)
    {
        var isClosed = PreferenceCookies.Of(HttpContext).Notice == welcome.NoticeName;
        return new()
        {
            Text = welcome.TextIn(Language.Current.Culture),
            Notice = isClosed ? "" : welcome.NoticeIn(Language.Current.Culture),
            NoticeName = welcome.NoticeName,
            Prompts = Starters,
            Recent = [.. recent.DistinctBy(link => link.Id).OrderByDescending(link => link.UpdatedAt).Take(MostRecent)],
            Folders =
            [
                .. folders.Where(view => !view.IsArchive)
                    .OrderByDescending(view => view.Conversations.Select(link => link.UpdatedAt).DefaultIfEmpty().Max())
                    .Take(MostRecent).Select(view => view.Folder),
            ],
        };
    }

    private MannerView MannerOf(Conversation? conversation, string? preset) => new()
    {
        Presets = [.. presets.All.Select(preset => new PresetView(
            preset.Name, preset.LabelIn(Language.Current.Culture), preset.DescriptionIn(Language.Current.Culture)))],
        Preset = conversation?.Preset ?? preset,
        Effort = conversation?.Effort,
        Verbosity = conversation?.Verbosity,
        SystemPrompt = conversation?.SystemPrompt,
    };

    /// <summary>A new chat that says so. The user's other conversations stand beside it.</summary>
    private Task<IActionResult> NotFoundAsync(int status)
    {
        Response.StatusCode = status;
        return PageAsync(conversationId: null, refusal: new FormRefusal("not_found", []));
    }

    /// <summary>The list has the conversation that is shown, also where it is older than the first page.</summary>
    private static IEnumerable<ConversationSummary> WithShown(
        IReadOnlyList<ConversationSummary> recent, Conversation? shown, IReadOnlyList<MessageView> messages) =>
        shown is null or { IsTemporary: true } or { IsPinned: true } or { FolderId: not null }
            || recent.Any(conversation => conversation.Id == shown.Id)
            ? recent
            : recent.Append(new ConversationSummary(shown.Id, shown.Title, shown.LeafId, shown.CreatedAt, shown.UpdatedAt,
                messages.Any(message => message.IsRunning)));

    private static ModelView ViewOf(Model model, bool isSelected) => new(model.Name, model.Label, isSelected)
    {
        Description = model.Description,
        Efforts = model.Efforts,
        HasVerbosity = model.Verbosity,
        SeesImages = model.Images,
        HasSeveralDeployments = model.Deployments.Count > 1,
    };

    private string? AnsweredBy(Message answer) => catalog.AnsweredBy(answer.Model, answer.Deployment, answer.AnsweredModel);

    /// <summary>The model that the user chose last, for a new chat.</summary>
    private string Chosen(List<Model> open) =>
        (Request.Cookies[ChatPage.ModelCookie] is { } name ? catalog.Find(name, HttpContext.Rights()) : null)?.Name
        ?? open[0].Name;

    /// <summary>What stands before the days. The folder that is shown is open, and whole.</summary>
    private async Task<ShelfView> ShelfAsync(string? shownId, string? folderId, string? marked = null)
    {
        var (owner, aborted) = (HttpContext.Owner(), HttpContext.RequestAborted);
        var all = (await folders.ListAsync(owner, aborted)).Folders
            .Where(folder => folder.BuiltIn is null || folder.Conversations > 0).ToList();
        var pinned = await library.ListAsync(
            owner, new ListQuery(Text: null, Before: null, MostOfShelf) { Pinned = true }, aborted);
        var newest = all.Count == 0 ? [] : (await library.ListAsync(
            owner, new ListQuery(Text: null, Before: null, NewestOfShelf) { InAnyFolder = true, Pinned = false }, aborted))
            .Conversations;
        var others = (marked ?? "").Split('.').Where(id => Ids.IsId(id)).Take(MostMarked).ToList();
        if (all.Count > 0 && others.Count > 0)
        {
            newest = [.. newest.UnionBy((await library.ListAsync(
                owner, new ListQuery(Text: null, Before: null, MostMarked) { InAnyFolder = true, Pinned = false, Ids = others },
                aborted)).Conversations, one => one.Id)];
        }
        var shown = all.Find(folder => folder.Id == folderId) is null ? [] : (await library.ListAsync(
            owner, new ListQuery(Text: null, Before: null, MostOfShelf) { Folder = folderId, Pinned = false }, aborted))
            .Conversations;
        var open = (Request.Cookies[ShelfView.OpenCookie] ?? "").Split('.').ToHashSet(StringComparer.Ordinal);
        return new ShelfView
        {
            Pinned = Links(pinned.Conversations, shownId),
            Folders = [.. all.Select(folder => new FolderView(
                folder, folder.Id == folderId || open.Contains(folder.Id),
                Links(folder.Id == folderId ? shown : newest.Where(one => one.FolderId == folder.Id), shownId)))],
        };
    }

    private List<ConversationLink> Links(IEnumerable<ConversationSummary> conversations, string? shownId)
    {
        var (now, zone) = (time.GetUtcNow(), Days.ZoneOf(Request));
        return [.. conversations.Select(conversation => new ConversationLink
        {
            Id = conversation.Id,
            Title = conversation.Title,
            LeafId = conversation.LeafId,
            UpdatedAt = conversation.UpdatedAt,
            IsRunning = conversation.Running,
            IsShown = conversation.Id == shownId,
            IsPinned = conversation.Pinned == true,
            FolderId = conversation.FolderId,
            Day = Days.Of(conversation.UpdatedAt, now, zone),
        })];
    }
}
