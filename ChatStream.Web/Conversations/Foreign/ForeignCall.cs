using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations.Foreign;

/// <summary>A call of a tool in another program's answer.</summary>
/// <param name="Name">As the other program has it.</param>
/// <param name="Arguments">What the model wrote; a service gets it again only if it is an object of JSON.</param>
/// <param name="Result">What the tool said; null: nothing.</param>
/// <param name="At">How many UTF-16 units of the answer's text were written before it.</param>
internal sealed record ForeignCall(string Name, string Arguments, string? Result, int At = 0)
{
    /// <summary>The most calls of one answer. It is what an import may have.</summary>
    public const int Most = 1_000;

    /// <param name="shift">What was put before the answer's text, in UTF-16 units.</param>
    public ToolPayload ToPayload(int shift) => new(
        "", NameHere(Name), Result is null ? ToolState.Failed : ToolState.Done, Arguments, Result, At + shift);

    /// <summary>Services refuse a history in which a tool's name has other characters.</summary>
    private static string NameHere(string name)
    {
        var known = name.Length > ToolCall.LongestName ? name.AsSpan(0, ToolCall.LongestName) : name;
        return known.Length == 0 ? "tool" : string.Create(known.Length, known, static (made, from) =>
        {
            for (var i = 0; i < made.Length; i++)
                made[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] is '_' or '-' ? from[i] : '_';
        });
    }
}
