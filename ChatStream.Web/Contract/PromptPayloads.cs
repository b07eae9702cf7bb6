namespace ChatStream.Web.Contract;

/// <summary>A text to begin a message with. <c>{{name}}</c> in it is a field to fill in.</summary>
public sealed record PromptEntry
{
    public const int LongestTitle = 100;
    public const int LongestText = 8_000;

    /// <summary>Null: it is the team's, from the settings.</summary>
    public string? Id { get; init; }

    public required string Title { get; init; }

    public required string Text { get; init; }

    /// <summary>The model that it is meant for; null: any.</summary>
    public string? Model { get; init; }

    /// <summary>The preset that it is meant for; null: any.</summary>
    public string? Preset { get; init; }

    /// <summary>Null: it is the team's.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Null: it is the team's.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>The user's own prompts by title, then the team's in the order of the settings.</summary>
internal sealed record PromptList(IReadOnlyList<PromptEntry> Prompts);

/// <summary>A new prompt.</summary>
public sealed record PromptText
{
    public required string Title { get; init; }

    public required string Text { get; init; }
}

/// <summary>A change of a prompt. An absent member stays as it is.</summary>
public sealed record PromptChange
{
    public string? Title { get; init; }

    public string? Text { get; init; }
}
