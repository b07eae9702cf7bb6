namespace ChatStream.Web.Providers;

internal static class Continuation
{
    /// <summary>
    /// The user message that asks a model to continue its last answer. The protocol has no other way to ask: a conversation must
    /// not end with an answer.
    /// </summary>
    public const string Prompt =
        "Go on with your last answer exactly where it ends. Repeat nothing of it, and say nothing about going on.";
}
