using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>Refuses a change of a conversation's manner that no answer could follow.</summary>
internal interface IMannerCheck
{
    /// <summary>Checks the members that a body has, as far as it costs nothing.</summary>
    /// <param name="change">What the body changes.</param>
    /// <param name="model">The model that answers next; null: it may be any.</param>
    /// <returns>
    /// The change as it is stored: names as the settings have them, and no system prompt where nothing of it can be seen.
    /// </returns>
    /// <exception cref="RefusedException">400, with the field.</exception>
    MannerChange Check(MannerChange change, string? model);

    /// <summary>Counts the tokens of the new system prompt.</summary>
    /// <returns>0 where there is none.</returns>
    /// <exception cref="RefusedException">400: it leaves too little room for messages.</exception>
    Task<int> CountAsync(MannerChange change, string? model, CancellationToken cancellationToken);

    /// <summary>Counts the tokens of the instructions of a folder.</summary>
    /// <exception cref="RefusedException">400: they leave too little room for messages.</exception>
    Task<int> CountInstructionsAsync(string instructions, CancellationToken cancellationToken);
}
