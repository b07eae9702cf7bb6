namespace ChatStream.Web.Storage;

/// <summary>A folder of a user, in which conversations can be put.</summary>
public sealed class Folder
{
    public required string Id { get; init; }
    public required string OwnerId { get; init; }
    public required string Name { get; set; }

    /// <summary>Null: none.</summary>
    public string? Colour { get; set; }

    /// <summary>Sent to models before each conversation in it; null: none.</summary>
    public string? Instructions { get; set; }

    /// <summary>Their length in tokens; 0 where there are none.</summary>
    public int InstructionTokens { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}
