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
    private TextSoFar? _ofMessage; // null: it has begun over an earlier connection
    private TextSoFar? _ofPart; // of the message
    private bool _breaksText; // another message has begun
    private bool _breaksReasoning;

    /// <param name="after">What was read over an earlier connection; null: nothing.</param>
    public ResponsesText(ResponsePosition? after)
    {
        if (after is null)
        {
            (_ofMessage, _ofPart) = (new TextSoFar(), new TextSoFar());
            return;
        }
        (_isContinued, HasText, HasReasoning) = (true, after.HasText, after.HasReasoning);
        Halves = (after.HalfOfText, after.HalfOfReasoning);
    }

    public bool HasText { get; private set; }

    public bool HasReasoning { get; private set; }

    /// <summary>
    /// All of the text, where some of it came over an earlier connection; null: it did not, or the response has not ended.
    /// </summary>
    public string? Whole { get; private set; }

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
        chunk.Text = NextText(chunk.Text);
    }

    /// <summary>A part of the reasoning has ended. Its text is added where no reasoning was streamed.</summary>
    public void EndReasoning(AnswerChunk chunk, string whole)
    {
        if (!_isContinued && !HasReasoning && whole.Length > 0)
            chunk.Reasoning = whole;
    }

    /// <summary>A part of a message has ended. What of its text was not streamed is added.</summary>
    public void EndPart(AnswerChunk chunk, string whole) => AddRest(chunk, _ofPart?.RestOf(whole));

    /// <summary>A message has ended. What of its text was not streamed is added.</summary>
    public void EndMessage(AnswerChunk chunk, string whole) => AddRest(chunk, _ofMessage?.RestOf(whole));

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

    public void BeginMessage()
    {
        _breaksText |= HasText;
        (_ofMessage, _ofPart) = (new TextSoFar(), new TextSoFar());
    }

    public void BeginPart() => _ofPart = new TextSoFar();

    public void BeginReasoning() => _breaksReasoning |= HasReasoning;

    /// <summary>What of the whole text, with which a response ends, was not streamed; null: nothing.</summary>
    public string? NotStreamed(string? whole)
    {
        Whole = _isContinued ? whole : null;
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

    private void AddRest(AnswerChunk chunk, string? rest)
    {
        if (rest is null)
            return;
        _text.Waiting = default; // the rest begins with both halves
        chunk.Text = NextText(rest);
    }

    private string? NextText(string? piece)
    {
        if (piece is not null)
        {
            _ofMessage?.Add(piece);
            _ofPart?.Add(piece);
        }
        return Next(piece, ref _breaksText);
    }

    private static string? Next(string? piece, ref bool breaks)
    {
        var withBreak = piece is not null && breaks ? Break + piece : piece;
        breaks &= piece is null;
        return withBreak;
    }
}
