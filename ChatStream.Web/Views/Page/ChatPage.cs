using ChatStream.Web.Contract;

namespace ChatStream.Web.Views.Page;

/// <summary>
/// What the chat page shows. Types that views name are public, because in Development views are compiled at run time, into an
/// assembly of their own.
/// </summary>
public sealed record ChatPage
{
    /// <summary>The cookie in which the script stores the name of the model that the user chose last.</summary>
    public const string ModelCookie = "chatstream.model";

    /// <summary>The cookie in which the script stores that the list is folded away on a wide page: <c>off</c>.</summary>
    public const string SideCookie = "chatstream.side";

    public const int LongestSummary = SummaryNode.Longest;

    /// <summary>Null on a new chat.</summary>
    public string? ConversationId { get; init; }

    /// <summary>Null on a new chat.</summary>
    public string? Title { get; init; }

    /// <summary>Whether the conversation is removed soon after its last answer. Then its title is empty.</summary>
    public bool IsTemporary { get; init; }
    public IReadOnlyList<ConversationLink> Conversations { get; init; } = [];

    /// <summary>What stands before them.</summary>
    public ShelfView Shelf { get; init; } = new();

    /// <summary>The folder of a new chat; null: none.</summary>
    public FolderEntry? Folder { get; init; }

    /// <summary>What to pass as <c>before</c> for the next page of the list; null if there is none.</summary>
    public string? NextConversations { get; init; }

    /// <summary>The path shown, root first.</summary>
    public IReadOnlyList<MessageView> Messages { get; init; } = [];

    /// <summary>What the model sees of them.</summary>
    public required ContextState Context { get; init; }
    public required IReadOnlyList<ModelView> Models { get; init; }

    public required MannerView Manner { get; init; }

    /// <summary>No deployment is configured. The demo model answers, and the page says so.</summary>
    public bool IsDemo { get; init; }

    /// <summary>The name of the user who has signed in; null: users do not sign in here.</summary>
    public string? UserName { get; init; }

    /// <summary>Whether the user can sign out here, and not only at a proxy.</summary>
    public bool CanSignOut { get; init; }

    /// <summary>How many conversations the browser has from before its user signed in.</summary>
    public BrowserHas OfBrowser { get; init; } = BrowserHas.Nothing;

    /// <summary>Whether the user may see the administrators' page.</summary>
    public bool IsAdmin { get; init; }

    /// <summary>The budget of which the user is warned now; null: of none.</summary>
    public BudgetUse? Budget { get; init; }

    /// <summary>How many files a message may have; 0: users upload none here.</summary>
    public int MostFiles { get; init; }

    /// <summary>Bytes of one file.</summary>
    public int MostFileBytes { get; init; }

    /// <summary>Whether users can say what they think of answers.</summary>
    public bool HasFeedback { get; init; }

    /// <summary>Whether there are budgets, of which the user may be warned later.</summary>
    public bool HasBudgets { get; init; }

    public WelcomeView Welcome { get; init; } = new();

    /// <summary>The text of a form that was refused, or of a prompt to begin with.</summary>
    public string? Draft { get; init; }

    /// <summary>Why the form was refused.</summary>
    public FormRefusal? Refusal { get; init; }

    /// <summary>By this key a form that is sent twice starts one answer.</summary>
    public required string FormKey { get; init; }

    public bool IsRunning => Messages.Any(m => m.IsRunning);
}

/// <summary>An entry of the list. Empty: the template that the script fills.</summary>
public sealed record ConversationLink
{
    public string Id { get; init; } = "";
    public string Title { get; init; } = "";
    public string LeafId { get; init; } = "";
    public DateTimeOffset UpdatedAt { get; init; }
    public bool IsRunning { get; init; }
    public bool IsShown { get; init; }
    public bool IsPinned { get; init; }

    /// <summary>Null: none.</summary>
    public string? FolderId { get; init; }

    /// <summary>As <see cref="Days.Of"/> returns it.</summary>
    public string Day { get; init; } = "";
}

/// <summary>Why a form was refused.</summary>
/// <param name="Code">The key of the words, after <c>refused.</c>; null: the page has no words for it.</param>
/// <param name="Numbers">The numbers for the gaps in the words, in their order.</param>
public sealed record FormRefusal(string? Code, IReadOnlyList<long> Numbers);

/// <summary>A model in the picker.</summary>
public sealed record ModelView(string Name, string Label, bool IsSelected)
{
    /// <summary>Empty if there is none.</summary>
    public string Description { get; init; } = "";

    /// <summary>The efforts that can be chosen for it, weakest first.</summary>
    public IReadOnlyList<string> Efforts { get; init; } = [];

    /// <summary>Whether it takes a verbosity.</summary>
    public bool HasVerbosity { get; init; }

    /// <summary>Whether it sees images.</summary>
    public bool SeesImages { get; init; }

    /// <summary>Whether the figures of its answers name the deployment, which only the server knows.</summary>
    public bool HasSeveralDeployments { get; init; }
}

/// <summary>How the answers of the conversation are to be, and what can be chosen for all models.</summary>
public sealed record MannerView
{
    public const int LongestSystemPrompt = Manner.LongestSystemPrompt;

    public static IReadOnlyList<string> Verbosities => Contract.Verbosity.All;

    public IReadOnlyList<PresetView> Presets { get; init; } = [];

    /// <summary>The one that is chosen; null: none.</summary>
    public string? Preset { get; init; }
    public string? Effort { get; init; }
    public string? Verbosity { get; init; }
    public string? SystemPrompt { get; init; }
}

/// <summary>A preset in the panel. The description may be empty.</summary>
public sealed record PresetView(string Name, string Label, string Description);

/// <summary>
/// A message for its partial view: stored, running, or the empty template that the script fills. A continued answer is one
/// message; what belongs to a single part of it belongs to the last one.
/// </summary>
public sealed record MessageView
{
    public string Id { get; init; } = "";
    public string ParentId { get; init; } = "";

    /// <summary>The ids of all versions of the message, itself included, oldest first.</summary>
    public IReadOnlyList<string> SiblingIds { get; init; } = [];
    public required bool IsUser { get; init; }

    /// <summary>The parts that this one continues, oldest first.</summary>
    public IReadOnlyList<PartView> Before { get; init; } = [];

    /// <summary>The text of the parts before.</summary>
    public string TextBefore { get; init; } = "";
    public string Text { get; init; } = "";

    /// <summary>Of a message of the user, in their order.</summary>
    public IReadOnlyList<FileEntry> Files { get; init; } = [];

    /// <summary>Of each part before that has one.</summary>
    public IReadOnlyList<string> ReasoningBefore { get; init; } = [];
    public string? Reasoning { get; init; }

    /// <summary>The calls of tools of all parts, in order.</summary>
    public IReadOnlyList<ToolPayload> Tools { get; init; } = [];

    /// <summary>Whether it shows files: those that the user sent, or images in results of tools.</summary>
    public bool ShowsFiles => Files.Count > 0 || Tools.Any(call => call.Files is not null);

    /// <summary>What users call the models that wrote it.</summary>
    public string? Model { get; init; }

    /// <summary>The deployments and models that answered, as far as the models' names do not say it.</summary>
    public string? AnsweredBy { get; init; }
    public bool IsRunning { get; init; }
    public FinishReason? FinishReason { get; init; }
    public FailurePayload? Failure { get; init; }
    public long? OutputTokens { get; init; }

    /// <summary>Whether the server counted the tokens itself.</summary>
    public bool IsEstimated { get; init; }

    /// <summary>Null: not known.</summary>
    public CostPayload? Cost { get; init; }

    /// <summary>From the start to the end.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>From the start to the first word.</summary>
    public TimeSpan? FirstWord { get; init; }

    /// <summary>From the first reasoning to the first word.</summary>
    public TimeSpan? Thought { get; init; }

    /// <summary>Tokens per second, from the first output to the end.</summary>
    public double? Speed { get; init; }

    /// <summary>When the model can be asked again.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>When it was said; null: it was not yet.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Whether the user can say what they think of it.</summary>
    public bool HasFeedback { get; init; }

    /// <summary>What the user thinks of it; null: the user did not say.</summary>
    public FeedbackNode? Feedback { get; init; }

    /// <summary>The reason, as the contract spells it.</summary>
    public string? FeedbackReason => Feedback?.Reason is { } reason ? FeedbackReasons.NameOf(reason) : null;
}

/// <summary>A part of an answer that was continued.</summary>
/// <param name="Id">The stored message's.</param>
/// <param name="SiblingIds">The ids of all its versions, itself included, oldest first.</param>
public sealed record PartView(string Id, IReadOnlyList<string> SiblingIds);
