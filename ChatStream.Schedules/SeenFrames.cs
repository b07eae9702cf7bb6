using System.Buffers;
using System.Globalization;
using System.Text;
using ChatStream.Web.Streaming;

namespace ChatStream.Schedules;

/// <summary>What a reader of a log has been given. It fails if a frame is missing, doubled or torn.</summary>
internal sealed class SeenFrames
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private int _next;

    public SeenFrames(int first) => _next = first;

    /// <summary>The joined text of the answer.</summary>
    public string Text => DeltaDecoder.Decode(_bytes.WrittenSpan, default);

    /// <summary>The number of the frame that must come next.</summary>
    public int Next => _next;

    /// <summary>Reads to the end of the log. Returns false if the client disconnected first.</summary>
    public async Task<bool> ReadAsync(FrameReader reader, Action<SeenFrames> onTaken)
    {
        while (true)
        {
            var before = _bytes.WrittenCount;
            reader.CopyTo(_bytes, int.MaxValue);
            Count(before);
            onTaken(this);
            if (reader.IsAtEnd)
            {
                reader.MarkDelivered();
                return true;
            }
            if (reader.Gone.IsCancellationRequested)
                return false;
            await reader.WaitAsync();
        }
    }

    private void Count(int from)
    {
        var text = Encoding.UTF8.GetString(_bytes.WrittenSpan[from..]);
        if (text.Length == 0)
            return;
        Check.That(text.EndsWith("\n\n", StringComparison.Ordinal), "a torn frame");
        foreach (var frame in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var id = frame.Split('\n').Single(line => line.StartsWith("id: ", StringComparison.Ordinal));
            var number = int.Parse(id.AsSpan(id.LastIndexOf('.') + 1), CultureInfo.InvariantCulture);
            Check.That(number == _next++, $"frame {number} where {_next - 1} was to come");
        }
    }
}
