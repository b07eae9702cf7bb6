using ChatStream.Web.Contract;

namespace ChatStream.Web.Views.Page;

/// <summary>
/// What the chat view shows. Public, as all that views name: in Development they are compiled at run time, into an assembly of
/// their own.
/// </summary>
public sealed record ChatPage
{
    /// <summary>Null on a new chat.</summary>
    public string? ConversationId { get; init; }

    /// <summary>Null on a new chat.</summary>
    public string? Title { get; init; }
    public IReadOnlyList<ConversationLink> Conversations { get; init; } = [];

    /// <summary>Where the list goes on; null where it is whole.</summary>
    public string? NextConversations { get; init; }

    /// <summary>The path shown, root first.</summary>
    public IReadOnlyList<MessageView> Messages { get; init; } = [];
    public required IReadOnlyList<ModelView> Models { get; init; }

    /// <summary>No deployment is configured: the demo model answers, and the page says so.</summary>
    public bool IsDemo { get; init; }

    /// <summary>What was typed in a form that was refused.</summary>
    public string? Draft { get; init; }

    /// <summary>Why the form was refused.</summary>
    public FormRefusal? Refusal { get; init; }

    /// <summary>Makes sending the same form twice one send.</summary>
    public required string FormKey { get; init; }

    public bool IsRunning => Messages.Any(m => m.IsRunning);
}

/// <summary>An entry of the list, and the script's empty template of one.</summary>
public sealed record ConversationLink
{
    public string Id { get; init; } = "";
    public string Title { get; init; } = "";
    public string LeafId { get; init; } = "";
    public DateTimeOffset UpdatedAt { get; init; }
    public bool IsRunning { get; init; }
    public bool IsShown { get; init; }

    /// <summary>As <see cref="Days"/> names it.</summary>
    public string Day { get; init; } = "";
}

/// <param name="Code">What it is; null where the page has no words for it.</param>
/// <param name="Numbers">What the words are filled with.</param>
public sealed record FormRefusal(string? Code, IReadOnlyList<long> Numbers);

public sealed record ModelView(string Name, string Label, bool IsSelected);

/// <summary>A message as its partial view needs it, for history, for a running answer and for the client's empty template.</summary>
public sealed record MessageView
{
    public string Id { get; init; } = "";
    public string ParentId { get; init; } = "";

    /// <summary>The versions of which this is one, oldest first.</summary>
    public IReadOnlyList<string> SiblingIds { get; init; } = [];
    public required bool IsUser { get; init; }
    public string Text { get; init; } = "";
    public string? Reasoning { get; init; }
    public string? Model { get; init; }
    public bool IsRunning { get; init; }
    public FinishReason? FinishReason { get; init; }
    public FailurePayload? Failure { get; init; }
    public UsagePayload? Usage { get; init; }

    /// <summary>From the start to the end.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>From the start to the first word.</summary>
    public TimeSpan? FirstWord { get; init; }

    /// <summary>From the first reasoning to the first word.</summary>
    public TimeSpan? Thought { get; init; }

    /// <summary>Tokens per second, from the first to the stored end.</summary>
    public double? Speed { get; init; }

    /// <summary>When the model may be asked again.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}
