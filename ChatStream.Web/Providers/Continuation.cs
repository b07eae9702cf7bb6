namespace ChatStream.Web.Providers;

internal static class Continuation
{
    /// <summary>
    /// Said to a model, as the user, after an answer that it is to go on with: a conversation cannot end with an answer, and the
    /// protocol knows no other way to ask.
    /// </summary>
    public const string Prompt =
        "Go on with your last answer exactly where it ends. Repeat nothing of it, and say nothing about going on.";
}
