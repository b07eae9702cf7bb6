namespace ChatStream.Web.Storage;

/// <summary>A prompt of a user's own.</summary>
internal sealed class StoredPrompt
{
    public required string Id { get; init; }
    public required string OwnerId { get; init; }
    public required string Title { get; set; }
    public required string Text { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>What a user who signs in has chosen for the page.</summary>
internal sealed class StoredPreferences
{
    public required string OwnerId { get; init; }

    /// <summary>As <see cref="Contract.UserPreferences.ToString"/> writes it.</summary>
    public required string Text { get; set; }
}
