using System.Collections.Immutable;
using System.Text;
using ChatStream.Emulator.Playback;
using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator;

/// <summary>What the emulator answers to one request. It is immutable, so any number of requests may use it.</summary>
public sealed record Script
{
    internal const string DoneEvent = "[DONE]";

    private Script(ResponseHead head, params ImmutableList<Step> steps)
    {
        Head = head;
        Steps = steps;
    }

    internal ResponseHead Head { get; private init; }

    internal ImmutableList<Step> Steps { get; private init; }

    internal WriteStyle Style { get; private init; } = WriteStyle.Plain;

    internal bool HasObfuscation { get; private init; } = true;

    /// <summary>Whether the data of an event is an error.</summary>
    internal static bool IsError(string data) => data.StartsWith("""{"error":{""", StringComparison.Ordinal);

    // Beginnings

    /// <summary>Sends nothing yet. The headers go out with the first write.</summary>
    public static Script Silent() => new(ResponseHead.Answer);

    /// <summary>Sends the headers at once, and no event yet.</summary>
    public static Script HeadersOnly() => new(ResponseHead.Answer, new SendHeaders());

    /// <summary>Azure's opening: headers, the prompt's filter results, the role.</summary>
    public static Script Start() => HeadersOnly().PromptFilter().Role();

    /// <summary>A whole answer as Azure sends it, one chunk for each part.</summary>
    public static Script Answer(params IEnumerable<string> parts)
    {
        var chunks = parts.ToList();
        return Start().Texts(chunks).Finish("stop").Usage(12, chunks.Count).Done();
    }

    /// <summary>An answer that the filter of the prompt stops, after the service has begun.</summary>
    /// <param name="field"><c>prompt_filter_results</c>, or <c>prompt_annotations</c>, its older name.</param>
    public static Script FilteredPrompt(string field = "prompt_filter_results") =>
        HeadersOnly().Add(new PromptFilterChunk(field, IsFiltered: true)).Role()
            .Add(new FinishChunk("content_filter", IsOfPrompt: true)).Done();

    /// <summary>An answer that repeats the last user message, one chunk for each word.</summary>
    public static Script Echo() => Start().Add(new EchoMessage()).Finish("stop").Usage(12, 12).Done();

    /// <summary>An error response. <see cref="AzureErrors"/> has those that Azure gives.</summary>
    public static Script Error(int status, string body, params IEnumerable<(string Name, string Value)> headers) =>
        headers.Aggregate(
            Whole(ResponseHead.Answer, status, "application/json", body),
            (script, header) => script.Header(header.Name, header.Value));

    /// <summary>An error response of the gateway, which has seen that the request is for nobody behind it.</summary>
    internal static Script GatewayError(int status, string body) =>
        Whole(ResponseHead.OfGateway, status, "application/json", body);

    /// <summary>An HTML page, as a proxy in between sends it.</summary>
    public static Script Page(int status, string html) => Whole(ResponseHead.OfProxy, status, "text/html", html);

    // Chunks

    public Script PromptFilter() => Add(new PromptFilterChunk());

    public Script Role() => Add(new RoleChunk());

    public Script Text(string text) => TextRawJson(JsonText.Literal(text));

    public Script Texts(params IEnumerable<string> texts) =>
        this with { Steps = Steps.AddRange(texts.Select(text => new SendChunk(new TextChunk(JsonText.Literal(text))))) };

    /// <summary>Sends a text as a JSON literal, with its quotes. The text may be half a surrogate pair, for example.</summary>
    public Script TextRawJson(string jsonStringLiteral) => Add(new TextChunk(jsonStringLiteral));

    public Script Refusal(string text) => Add(new RefusalChunk(JsonText.Literal(text)));

    /// <param name="text">A piece of the model's reasoning.</param>
    /// <param name="field"><c>reasoning_content</c> as DeepSeek has it, or <c>reasoning</c> as vLLM has it.</param>
    public Script Reasoning(string text, string field = "reasoning_content") =>
        Add(new ReasoningChunk(JsonText.Literal(text), field));

    /// <summary>A fragment of a tool call. Only the first fragment of an index has id and name.</summary>
    public Script ToolCall(int index, string arguments, string? id = null, string? name = null) =>
        Add(new ToolCallChunk(index, id, name, arguments));

    public Script Finish(string? reason) => Add(new FinishChunk(reason));

    /// <summary>The usage. A stream has it only if the request asks for it, as on Azure.</summary>
    public Script Usage(int input, int output, int reasoning = 0) => Add(new UsageChunk(input, output, reasoning));

    public Script Done() => Event(DoneEvent);

    /// <summary>What the asynchronous filter found. Offsets are in characters from the start of the prompt.</summary>
    public Script FilterAnnotation(int checkOffset, int startOffset, int endOffset, bool violation = false) =>
        Add(new FilterAnnotationChunk(
            violation ? ContentFilters.ProtectedText : ContentFilters.Safe, checkOffset, startOffset, endOffset));

    /// <summary>A text that was not filtered, because the filter did not answer.</summary>
    public Script FilterOutage(string text = "", string field = "content_filter_results") =>
        Add(new FilterOutageChunk(JsonText.Literal(text), field));

    // Other events, comments and bytes

    public Script ErrorEvent(string code, string message) =>
        Event(
            $$$"""{"error":{"message":{{{JsonText.Literal(message)}}},"type":"server_error","param":null"""
            + $$$""","code":{{{JsonText.Literal(code)}}}}}""");

    public Script Event(string data) => Add(new SendEvent(data));

    public Script Malformed() => Event("""{"choices":[{"delta":{"content":"br""");

    /// <summary>A chunk with a text of that many bytes.</summary>
    public Script Giant(int bytes) => Text(new string('x', bytes));

    public Script Comment(string text) => Add(new SendComment(text));

    public Script Bytes(ReadOnlyMemory<byte> bytes) => Add(new SendBytes(bytes));

    // Waits and breaks

    public Script Wait(Gate gate) => Add(new WaitAtGate(gate));

    public Script Delay(TimeSpan time) => Add(new WaitFor(time));

    /// <summary>Sends nothing more, and keeps the connection open until the client closes it.</summary>
    public Script Stall() => Add(new Stall());

    /// <summary>Sends FIN without the final chunk of the response.</summary>
    public Script Cut() => Add(new Cut());

    /// <summary>Sends RST: the client's read fails with ECONNRESET.</summary>
    public Script Reset() => Add(new Reset());

    public Script HoldAfterDone() => Stall();

    // The whole response

    public Script HoldHeaders(Gate gate) => this with { Steps = Steps.Insert(0, new WaitAtGate(gate)) };

    public Script DelayHeaders(TimeSpan time) => this with { Steps = Steps.Insert(0, new WaitFor(time)) };

    public Script Header(string name, string value) => this with { Head = Head.With(name, value) };

    public Script ContentType(string value) => this with { Head = Head with { ContentType = value } };

    /// <summary>Leaves out the random <c>obfuscation</c> of each chunk. Older services do not send it.</summary>
    public Script NoObfuscation() => this with { HasObfuscation = false };

    public Script OneBytePerWrite() => this with { Style = Style with { Split = Split.EveryByte } };

    public Script SplitInsideUtf8() => this with { Style = Style with { Split = Split.InsideUtf8 } };

    public Script WriteEventsTogether(int events = int.MaxValue) =>
        this with { Style = Style with { EventsPerWrite = events } };

    public Script CrlfLineEnds() => this with { Style = Style with { LineEnd = "\r\n" } };

    public Script EscapeNonAscii() => this with { Style = Style with { EscapesNonAscii = true } };

    private static Script Whole(ResponseHead head, int status, string contentType, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return new Script(head with { Status = status, ContentType = contentType, Length = bytes.Length }).Bytes(bytes);
    }

    private Script Add(Chunk chunk) => Add(new SendChunk(chunk));

    private Script Add(Step step) => this with { Steps = Steps.Add(step) };
}
