namespace ChatStream.Web.Tests.Emulation.Clients;

/// <summary>A question that a client asks the emulator.</summary>
/// <param name="Name">Of the test.</param>
/// <param name="Message">Selects the script.</param>
/// <param name="IsStreamed">Whether the answer is to be streamed.</param>
/// <param name="Key">The API key.</param>
/// <param name="Deployment">The deployment.</param>
/// <param name="HasTools">Whether a tool is offered.</param>
internal sealed record Question(
    string Name, string Message, bool IsStreamed, string Key = Question.RightKey, string Deployment = Question.Deployed,
    bool HasTools = false)
{
    public const string RightKey = "the-right-key";
    public const string Deployed = "gpt-5-mini";
}
