namespace ChatStream.Web.Answers;

/// <summary>How a model is asked for an answer, by the conversation's manner and by what the model takes.</summary>
/// <param name="Instructions">Sent first; empty: none.</param>
/// <param name="Room">Tokens that messages may have together.</param>
internal sealed record AskedManner(string Instructions, int Room)
{
    /// <summary>Tokens of the instructions.</summary>
    public int InstructionTokens { get; init; }

    /// <summary>Null: none is sent.</summary>
    public string? Effort { get; init; }

    /// <summary>Null: none is sent.</summary>
    public string? Verbosity { get; init; }

    /// <summary>Null: none is sent.</summary>
    public float? Temperature { get; init; }

    /// <summary>Null: none is sent.</summary>
    public float? TopP { get; init; }
}
