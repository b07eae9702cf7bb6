using System.Security.Claims;
using ChatStream.Web.Answers;
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
using Microsoft.Extensions.Localization;

namespace ChatStream.Web.Controllers;

/// <summary>Which page is asked for.</summary>
public sealed record PageAsked
{
    /// <summary>Null: a new chat.</summary>
    public string? ConversationId { get; init; }

    /// <summary>The folder that is shown, or in which a new chat begins; null: none.</summary>
    public string? FolderId { get; init; }

    /// <summary>The number of the prompt with which it begins, from 1; 0: none.</summary>
    public int Prompt { get; init; }

    /// <summary>The text of a message that was not sent.</summary>
    public string? Draft { get; init; }

    /// <summary>Why it was not sent.</summary>
    public FormRefusal? Refusal { get; init; }
}

/// <summary>Gathers what the chat page shows.</summary>
public sealed class PageModels(
    IConversationLibrary library,
    IFolders folders,
    IAnswerLookup answers,
    ModelCatalog catalog,
    PresetCatalog presets,
    ISummaries summaries,
    IFileDesk files,
    IBudgets budgets,
    IBrowserMove browsers,
    IFeedback feedback,
    Welcome welcome,
    IStringLocalizer<Words> words,
    TimeProvider time)
{
    /// <summary>Conversations, and folders, that a new chat names.</summary>
    private const int MostRecent = 4;

    /// <summary>The conversations of one folder, or the pinned ones, that the list shows.</summary>
    private const int MostOfShelf = 100;

    /// <summary>Conversations of all folders together that stand in the list from the beginning.</summary>
    private const int NewestOfShelf = 60;

    /// <summary>Older conversations in folders that the list has too, because the browser has marked them.</summary>
    private const int MostMarked = 40;

    /// <returns>Null: there is no such conversation, or no such folder.</returns>
    /// <exception cref="RefusedException">The settings leave no model to this user.</exception>
    public async Task<ChatPage?> FindAsync(HttpContext context, PageAsked asked)
    {
        var (owner, aborted) = (context.Owner(), context.RequestAborted);
        var (conversationId, folderId) = (asked.ConversationId, asked.FolderId);
        var begin = Starters.ElementAtOrDefault(asked.Prompt - 1);
        var open = catalog.For(context.Rights()).ToList();
        if (open.Count == 0)
            throw new RefusedException(403, field: null, "The settings leave no model to this user.", "no_model");
        var found = conversationId is null ? null : await library.FindShownAsync(owner, conversationId, aborted);
        if (conversationId is not null && found is null)
            return null;

        var shelf = await ShelfAsync(context, conversationId, folderId ?? found?.Conversation.FolderId);
        if (folderId is not null && shelf.Folders.All(view => view.Folder.Id != folderId))
            return null;
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
            ? name : open.Find(known => known.Name == begin?.Model)?.Name ?? Chosen(context, open);
        var inContext = found is null ? new ContextState() : await summaries.FindAsync(owner, found, model, aborted);
        var uses = await budgets.ReadAsync(context.Caller(), aborted);
        return new ChatPage
        {
            ConversationId = conversationId,
            Title = found?.Conversation.Title,
            IsTemporary = found?.Conversation.IsTemporary == true,
            Conversations = Links(
                context.Request, WithShown(recent.Conversations, found?.Conversation, messages), conversationId),
            Shelf = shelf,
            Folder = shelf.Folders.FirstOrDefault(view => view.Folder.Id == folderId)?.Folder,
            NextConversations = recent.Next,
            Messages = messages,
            Context = inContext,
            Models = [.. open.Select(known => ViewOf(known, isSelected: known.Name == model))],
            Manner = MannerOf(found?.Conversation, begin?.Preset),
            IsDemo = catalog.IsDemo,
            UserName = context.User.FindFirst(ClaimTypes.Name)?.Value,
            CanSignOut = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult is { Succeeded: true },
            OfBrowser = await browsers.FindAsync(BrowserBefore.Find(context.User, owner), aborted),
            IsAdmin = context.Rights().IsAdmin,
            MostFiles = files.IsOpen ? files.MostPerMessage : 0,
            MostFileBytes = files.MostBytes,
            HasFeedback = feedback.IsOpen,
            HasBudgets = uses.Count > 0,
            Budget = asked.Refusal is null ? NewsOf(context, uses) : null,
            Welcome = WelcomeOf(
                context,
            [
                .. Links(context.Request, recent.Conversations, shownId: null), .. shelf.Pinned,
                .. shelf.Folders.Where(view => !view.IsArchive).SelectMany(view => view.Conversations),
            ], shelf.Folders),
            Draft = asked.Draft ?? begin?.Text,
            Refusal = asked.Refusal,
            FormKey = Ids.New(),
        };
    }

    /// <summary>The script asks for pages too, to show the conversation in the one that is there.</summary>
    private static BudgetUse? NewsOf(HttpContext context, IReadOnlyList<BudgetUse> uses) =>
        HttpMethods.IsGet(context.Request.Method) && !context.Request.Headers.ContainsKey(RequestOwner.PageHeader)
        && UserBudgets.Lowest(uses) is { } lowest && BudgetNotice.IsNews(context, lowest) ? lowest : null;

    /// <summary>Without prompts of the settings, the demo model offers what it can act out.</summary>
    private IReadOnlyList<PromptEntry> Starters =>
        welcome.Prompts.Count > 0 || !catalog.IsDemo
        ? [.. welcome.Prompts.Select(prompt => prompt.In(Language.Current.Culture))]
        : [.. DemoModel.Scenes.Select(scene => new PromptEntry { Title = words[$"demo.{scene[1..]}"].Value, Text = scene })];

    private WelcomeView WelcomeOf(
        HttpContext context, IReadOnlyList<ConversationLink> recent, IReadOnlyList<FolderView> folders)
    {
        var isClosed = PreferenceCookies.Of(context).Notice == welcome.NoticeName;
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
    private string Chosen(HttpContext context, List<Model> open) =>
        (context.Request.Cookies[ChatPage.ModelCookie] is { } name ? catalog.Find(name, context.Rights()) : null)?.Name
        ?? open[0].Name;

    /// <summary>What stands before the days. The folder that is shown is open, and whole.</summary>
    public async Task<ShelfView> ShelfAsync(HttpContext context, string? shownId, string? folderId, string? marked = null)
    {
        var (owner, aborted) = (context.Owner(), context.RequestAborted);
        var all = (await folders.ListAsync(owner, aborted)).Folders
            .Where(folder => folder.BuiltIn is null || folder.Conversations > 0).ToList();
        var pinned = await library.ListAsync(
            owner, new ListQuery(Text: null, Before: null, MostOfShelf) { Pinned = true }, aborted);
        // The archive's are not among them.
        var hasAny = all.Exists(folder => folder.BuiltIn is null && folder.Conversations > 0);
        var newest = !hasAny ? [] : (await library.ListAsync(
            owner, new ListQuery(Text: null, Before: null, NewestOfShelf) { InAnyFolder = true, Pinned = false }, aborted))
            .Conversations;
        var others = (marked ?? "").Split('.').Where(id => Ids.IsId(id)).Take(MostMarked).ToList();
        if (hasAny && others.Count > 0)
        {
            newest = [.. newest.UnionBy((await library.ListAsync(
                owner, new ListQuery(Text: null, Before: null, MostMarked) { InAnyFolder = true, Pinned = false, Ids = others },
                aborted)).Conversations, one => one.Id)];
        }
        var shown = all.Find(folder => folder.Id == folderId) is null ? [] : (await library.ListAsync(
            owner, new ListQuery(Text: null, Before: null, MostOfShelf) { Folder = folderId, Pinned = false }, aborted))
            .Conversations;
        var open = (context.Request.Cookies[ShelfView.OpenCookie] ?? "").Split('.').ToHashSet(StringComparer.Ordinal);
        return new ShelfView
        {
            Pinned = Links(context.Request, pinned.Conversations, shownId),
            Folders = [.. all.Select(folder => new FolderView(
                folder, folder.Id == folderId || open.Contains(folder.Id),
                Links(
                    context.Request, folder.Id == folderId ? shown : newest.Where(one => one.FolderId == folder.Id), shownId)))],
        };
    }

    private List<ConversationLink> Links(
        HttpRequest request, IEnumerable<ConversationSummary> conversations, string? shownId)
    {
        var (now, zone) = (time.GetUtcNow(), Days.ZoneOf(request));
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
