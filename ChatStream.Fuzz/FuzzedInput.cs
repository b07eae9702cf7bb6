using System.Globalization;
using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Wire;

namespace ChatStream.Fuzz;

/// <summary>
/// An input of the fuzzer, and what must hold for every input. Its first byte chooses what is read, the second one how many bytes
/// arrive at a time, and all others are what a model service sends.
/// </summary>
internal static class FuzzedInput
{
    /// <exception cref="InvalidOperationException">Something does not hold. A reader's own exception means the same.</exception>
    public static void Read(byte[] input)
    {
        if (input.Length < 2)
            return;
        var (bytes, size) = (input[2..], 1 + (input[1] % 64));
        switch (input[0] % 4)
        {
            case 0:
                Same(EventsOf(bytes, bytes.Length), EventsOf(bytes, size), "events that arrive in pieces");
                break;
            case 1:
                var chunks = ChunksOf(new CompletionParser(), bytes, bytes.Length);
                Same(chunks, ChunksOf(new CompletionParser(), bytes, size), "chunks that arrive in pieces");
                Same(chunks, ChunksOf(new CompletionParser(usesTemplate: false), bytes, size), "chunks without the template");
                break;
            case 2:
                Same(
                    ChunksOf(new ResponsesParser(), bytes, bytes.Length), ChunksOf(new ResponsesParser(), bytes, size),
                    "events of a response that arrive in pieces");
                break;
            default:
                ReadError(bytes);
                break;
        }
    }

    private static void ReadError(byte[] bytes)
    {
        var error = ServiceErrorParser.ParseBody(bytes);
        foreach (var failure in (ModelException[])[
            ModelFailures.OfStatus(400, error, retryAfter: null), ModelFailures.OfStatus(500, error, retryAfter: null),
            ModelFailures.InStream(error, hasText: true, isLate: false)])
        {
            if (failure.Code is FailureCode.Internal or FailureCode.Interrupted)
                throw new InvalidOperationException($"An error of the service became {failure.Code}.");
        }
    }

    private static List<string> EventsOf(byte[] bytes, int size)
    {
        var events = new List<string>();
        Cut(bytes, size, (kind, data) =>
        {
            events.Add($"{kind} {Convert.ToHexString(data)}");
            return true;
        });
        return events;
    }

    // What the app takes from each event. Data that is not JSON ends the answer.
    private static List<string> ChunksOf(IChunkParser parser, byte[] bytes, int size)
    {
        var chunks = new List<string>();
        Cut(bytes, size, (kind, data) =>
        {
            try
            {
                var chunk = kind == EventKind.Error ? parser.ParseError(data) : parser.Parse(data);
                chunks.Add(Describe(chunk));
                return !chunk.IsDone;
            }
            catch (JsonException)
            {
                chunks.Add("malformed");
                return false;
            }
        });
        if (parser.Rest() is { } rest)
            chunks.Add(Describe(rest));
        return chunks;
    }

    private static string Describe(AnswerChunk chunk) => string.Create(CultureInfo.InvariantCulture,
        $"{chunk.Text}|{chunk.Reasoning}|{chunk.FinishReason}|{chunk.IsDone}|{chunk.Usage?.TotalTokenCount}|{chunk.Error?.Code}"
        + $"|{chunk.HasToolCall}|{chunk.FilteredBy?.Count}");

    private delegate bool Take(EventKind kind, ReadOnlySpan<byte> data);

    private static void Cut(byte[] bytes, int size, Take take)
    {
        using var events = new EventBuffer();
        for (var start = 0; start < bytes.Length; start += size)
        {
            var piece = bytes.AsSpan(start, Math.Min(size, bytes.Length - start));
            while (piece.Length > 0)
            {
                var free = events.Free.Span;
                var count = Math.Min(free.Length, piece.Length);
                piece[..count].CopyTo(free);
                events.Add(count);
                piece = piece[count..];
                while (events.TryTake(out var data))
                {
                    if (!take(events.Kind, data))
                        return;
                }
            }
        }
        for (var isThere = events.TryTakeLast(out var last); isThere; isThere = events.TryTake(out last))
        {
            if (!take(events.Kind, last))
                return;
        }
    }

    private static void Same(List<string> whole, List<string> other, string what)
    {
        if (!whole.SequenceEqual(other))
        {
            throw new InvalidOperationException(
                $"Different {what}:\n{string.Join('\n', whole)}\nand\n{string.Join('\n', other)}");
        }
    }
}
