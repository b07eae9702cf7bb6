using System.Text.Json;
using ChatStream.Web.Providers.Responses;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// The text and the reasoning of a response as they have come, with a break between two messages and two parts of the reasoning,
/// which the service keeps apart. One per answer and connection.
/// </summary>
internal sealed class ResponsesText
{
    private const string Break = "\n\n";

    private readonly JsonText _text = new();
    private readonly JsonText _reasoning = new();
    private readonly TextSoFar _streamed = new();
    private readonly bool _isContinued; // some pieces may have come over an earlier connection
    private bool _breaksText; // another message has begun
    private bool _breaksReasoning;

    /// <param name="after">What was read over an earlier connection; null: nothing.</param>
    public ResponsesText(ResponsePosition? after)
    {
        if (after is null)
            return;
        (_isContinued, HasText, HasReasoning) = (true, after.HasText, after.HasReasoning);
        Halves = (after.HalfOfText, after.HalfOfReasoning);
    }

    public bool HasText { get; private set; }

    public bool HasReasoning { get; private set; }

    /// <summary>Halves of surrogate pairs that wait. Set them back to leave out an event that has been read.</summary>
    public (char OfText, char OfReasoning) Halves
    {
        get => (_text.Waiting, _reasoning.Waiting);
        set => (_text.Waiting, _reasoning.Waiting) = value;
    }

    /// <summary>Reads the value of <c>delta</c>: a text, or parts of one.</summary>
    public void Read(ref Utf8JsonReader json, AnswerChunk chunk, bool isReasoning)
    {
        json.Read();
        if (isReasoning)
        {
            chunk.Reasoning = Next(json.TokenType == JsonTokenType.String
                ? _reasoning.ReadCurrent(ref json) : ContentParts.ReadReasoning(ref json, _reasoning), ref _breaksReasoning);
            return;
        }
        if (json.TokenType == JsonTokenType.String)
            chunk.Text = _text.ReadCurrent(ref json);
        else
            ContentParts.Read(ref json, chunk, _text, _reasoning);
        chunk.Text = Next(chunk.Text, ref _breaksText);
    }

    /// <summary>Adds a whole text with which a part ends, where none of it was streamed.</summary>
    public void Add(AnswerChunk chunk, string whole, bool isReasoning)
    {
        if (_isContinued || whole.Length == 0)
            return;
        if (isReasoning && !HasReasoning)
            chunk.Reasoning = whole;
        else if (!isReasoning && !HasText)
            chunk.Text = whole;
    }

    /// <summary>After each event: what it has now counts as read.</summary>
    public void Keep(AnswerChunk chunk)
    {
        if (chunk.Text is { Length: > 0 } text)
        {
            HasText = true;
            _streamed.Add(text);
        }
        HasReasoning |= chunk.Reasoning is { Length: > 0 };
    }

    public void BeginMessage() => _breaksText |= HasText;

    public void BeginReasoning() => _breaksReasoning |= HasReasoning;

    /// <summary>What of the whole text, with which a response ends, was not streamed; null: nothing.</summary>
    public string? NotStreamed(string? whole)
    {
        var rest = whole is null || (_isContinued && HasText) ? null : _streamed.RestOf(whole);
        if (rest is not null)
            _text.Waiting = default; // the rest begins with both halves
        return rest;
    }

    /// <summary>For the end of the stream: U+FFFD if half a surrogate pair still waits, else null.</summary>
    public string? Rest() => _text.Rest();

    /// <summary>Two pieces with the break between them.</summary>
    public static string? Joined(string? before, string piece) =>
        piece.Length == 0 ? before : before is null ? piece : before + Break + piece;

    private static string? Next(string? piece, ref bool breaks)
    {
        var withBreak = piece is not null && breaks ? Break + piece : piece;
        breaks &= piece is null;
        return withBreak;
    }
}
