namespace ChatStream.Emulator.Wire;

/// <summary>A part of an item, and the names of its events.</summary>
/// <param name="Type">The part's type; empty: the item has no parts.</param>
/// <param name="Member">The member with its text.</param>
/// <param name="Delta">The event with a piece of its text.</param>
/// <param name="Added">The event that begins it; null: there is none.</param>
internal sealed record ResponsesPart(string Type, string Member, string Delta, string? Added)
{
    public static readonly ResponsesPart Text =
        new("output_text", "text", "response.output_text.delta", "response.content_part.added");

    public static readonly ResponsesPart Refusal =
        new("refusal", "refusal", "response.refusal.delta", "response.content_part.added");

    public static readonly ResponsesPart Summary =
        new("summary_text", "text", "response.reasoning_summary_text.delta", "response.reasoning_summary_part.added");

    public static readonly ResponsesPart Arguments = new("", "arguments", "response.function_call_arguments.delta", null);

    /// <summary>The event with its whole text.</summary>
    public string Done => Delta.Replace(".delta", ".done", StringComparison.Ordinal);

    /// <summary>The event that ends it; null: there is none.</summary>
    public string? Ended => Added?.Replace(".added", ".done", StringComparison.Ordinal);

    /// <summary>The member that only a text has, in its part and in its events.</summary>
    public string Logprobs => this == Text ? ",\"logprobs\":[]" : "";

    public string Json(string text) =>
        $$"""{"type":"{{Type}}","{{Member}}":{{text}}{{(this == Text ? ",\"annotations\":[]" : "")}}{{Logprobs}}}""";
}

/// <summary>An item of the output while it is written.</summary>
internal sealed class ResponsesItem(string kind, int index, AnswerInfo answer, string? name, string? callId)
{
    public const string Message = "message";
    public const string Reasoning = "reasoning";
    public const string FunctionCall = "function_call";

    private readonly List<string> _parts = [];
    private readonly List<string> _literals = [];

    public string Kind => kind;

    public int Index => index;

    public ResponsesPart? Part { get; private set; }

    public string TextOfPart => JsonText.Join(_literals);

    /// <summary>The members that say to what an event belongs.</summary>
    public string Place
    {
        get
        {
            var part = Part == ResponsesPart.Summary ? $",\"summary_index\":{_parts.Count}"
                : Part == ResponsesPart.Arguments ? "" : $",\"content_index\":{_parts.Count}";
            return $"\"item_id\":\"{Id}\",\"output_index\":{index}{part}";
        }
    }

    private string Parts => string.Join(',', _parts);

    private string Id => $"{(kind == Message ? "msg" : kind == Reasoning ? "rs" : "fc")}_{answer.Id}_{index}";

    private string Encrypted => answer.Encrypts is { } deployment
        ? $",\"encrypted_content\":{JsonText.Literal(Encrypt(deployment, Id))}" : "";

    /// <summary>What stands for the encrypted reasoning of an item. Only the same deployment reads it.</summary>
    public static string Encrypt(string deployment, string id) => $"gAAAAA-{deployment}-{id}";

    public void Begin(ResponsesPart part) => Part = part;

    public void Say(string literal) => _literals.Add(literal);

    public void EndPart()
    {
        _parts.Add(Part == ResponsesPart.Arguments ? TextOfPart : Part!.Json(TextOfPart));
        _literals.Clear();
        Part = null;
    }

    public string Json(string status) => kind switch
    {
        Message => $$"""{"id":"{{Id}}","type":"message","status":"{{status}}","content":[{{Parts}}],"role":"assistant"}""",
        Reasoning => $$"""{"id":"{{Id}}","type":"reasoning"{{Encrypted}},"summary":[{{Parts}}]}""",
        _ => $$"""{"id":"{{Id}}","type":"function_call","status":"{{status}}","arguments":{{_parts.FirstOrDefault() ?? "\"\""}}"""
            + $$""","call_id":{{JsonText.LiteralOrNull(callId)}},"name":{{JsonText.LiteralOrNull(name)}}}""",
    };
}
