namespace ChatStream.Web.Answers.Keeping;

/// <summary>What became of an answer's end in the database.</summary>
internal enum EndOutcome
{
    /// <summary>The answer is stored with this end.</summary>
    Stored,

    /// <summary>The answer was deleted.</summary>
    Gone,

    /// <summary>The answer belongs to another process, or has another end.</summary>
    Lost,
}
