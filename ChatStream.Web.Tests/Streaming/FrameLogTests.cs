using System.Buffers;
using System.Text;
using ChatStream.Web.Streaming;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

internal sealed class FrameLogTests
{
    private const int BlockSize = 4 * 1024;

    private FrameLog _log;

    [SetUp]
    public void New() => _log = new FrameLog("g.", MemoryPool<byte>.Shared);

    [Test]
    public void Frames_are_numbered_and_counted()
    {
        Assert.That((_log.Count, _log.Bytes, _log.IsComplete), Is.EqualTo((0, 0L, false)));

        _log.AppendText("a");
        _log.Append("stop"u8, "stopped"u8);
        _log.Complete();

        Assert.That(_log.All(), Is.EqualTo("data: {\"text\":\"a\"}\nid: g.0\n\nevent: stop\ndata: stopped\nid: g.1\n\n"));
        Assert.That((_log.Count, _log.Bytes, _log.IsComplete), Is.EqualTo((2, (long)_log.All().Length, true)));
    }

    [Test]
    public void A_reader_can_start_at_any_frame()
    {
        // Frames of many lengths, in several blocks.
        var frames = Enumerable.Range(0, 300)
            .Select(n => $"data: {{\"text\":\"{new string('x', n * 7)}\"}}\nid: g.{n}\n\n").ToList();
        for (var n = 0; n < frames.Count; n++)
            _log.AppendText(new string('x', n * 7));

        for (var from = 0; from <= frames.Count; from++)
        {
            using var reader = _log.OpenReader(from, CancellationToken.None);
            Assert.That(reader.TakeText(), Is.EqualTo(string.Concat(frames.Skip(from))), $"from {from}");
        }
    }

    [Test]
    public void A_reader_cannot_start_after_the_next_frame()
    {
        _log.AppendText("a");

        Assert.That(() => _log.OpenReader(2, CancellationToken.None), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => _log.OpenReader(-1, CancellationToken.None), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(_log.HasReaders, Is.False);
    }

    [TestCase(-1)]
    [TestCase(0)]
    [TestCase(1)]
    public void A_frame_that_ends_near_the_end_of_a_block_loses_nothing(int beyond)
    {
        var data = new string('x', BlockSize - "data: \nid: g.0\n\n".Length + beyond);
        var first = $"data: {data}\nid: g.0\n\n";
        Assert.That(first, Has.Length.EqualTo(BlockSize + beyond));
        using var early = _log.OpenReader(0, CancellationToken.None);

        _log.Append(default, Encoding.ASCII.GetBytes(data));
        using var next = _log.OpenReader(1, CancellationToken.None);
        Assert.That(early.TakeText(), Is.EqualTo(first));
        Assert.That(next.TakeText(), Is.Empty);
        _log.Append("stop"u8, "stopped"u8);

        const string second = "event: stop\ndata: stopped\nid: g.1\n\n";
        Assert.That(early.TakeText(), Is.EqualTo(second));
        Assert.That(next.TakeText(), Is.EqualTo(second));
        Assert.That(_log.All(), Is.EqualTo(first + second));
    }

    [Test]
    public void A_frame_may_span_many_blocks()
    {
        _log.AppendText(new string('x', 1024 * 1024));
        _log.AppendText("y");

        Assert.That(_log.All(), Is.EqualTo(
            $"data: {{\"text\":\"{new string('x', 1024 * 1024)}\"}}\nid: g.0\n\ndata: {{\"text\":\"y\"}}\nid: g.1\n\n"));
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(4096)]
    [TestCase(32 * 1024)]
    public void A_reader_takes_no_more_than_it_asks_for(int limit)
    {
        for (var n = 0; n < 40; n++)
            _log.AppendText(new string('x', n * 50));
        var all = _log.All();
        using var reader = _log.OpenReader(0, CancellationToken.None);

        var taken = new List<string>();
        while (reader.TakeText(limit) is { Length: > 0 } text)
            taken.Add(text);

        Assert.That(string.Concat(taken), Is.EqualTo(all));
        Assert.That(taken.SkipLast(1), Has.All.Length.EqualTo(limit));
    }

    [Test]
    public void Several_readers_each_get_everything()
    {
        using var one = _log.OpenReader(0, CancellationToken.None);
        _log.AppendText("a");
        using var two = _log.OpenReader(0, CancellationToken.None);
        using var three = _log.OpenReader(1, CancellationToken.None);
        Assert.That(one.TakeText(), Is.EqualTo("data: {\"text\":\"a\"}\nid: g.0\n\n"));
        _log.AppendText("b");

        const string b = "data: {\"text\":\"b\"}\nid: g.1\n\n";
        Assert.That(one.TakeText(), Is.EqualTo(b));
        Assert.That(two.TakeText(), Is.EqualTo("data: {\"text\":\"a\"}\nid: g.0\n\n" + b));
        Assert.That(three.TakeText(), Is.EqualTo(b));
    }

    [Test]
    public void A_skipped_frame_is_not_read()
    {
        using var reader = _log.OpenReader(0, CancellationToken.None);
        _log.AppendText(new string('x', 10_000));
        reader.Skip();
        _log.AppendText("b");

        Assert.That(reader.TakeText(), Is.EqualTo("data: {\"text\":\"b\"}\nid: g.1\n\n"));
    }

    [Test]
    public void A_complete_log_takes_no_more_frames()
    {
        _log.Complete();

        Assert.That(() => _log.AppendText("a"), Throws.InvalidOperationException);
        Assert.That((_log.Count, _log.All()), Is.EqualTo((0, "")));
    }
}
