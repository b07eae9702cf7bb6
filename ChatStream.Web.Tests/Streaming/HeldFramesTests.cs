using System.Buffers;
using ChatStream.Web.Streaming;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

/// <summary>A log that holds its frames back until they are shown.</summary>
[CancelAfter(20_000)]
internal sealed class HeldFramesTests
{
    private FrameLog _log;
    private FrameReader _reader;

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    [SetUp]
    public void Open()
    {
        _log = New();
        _reader = _log.OpenReader(0, CancellationToken.None);
    }

    [TearDown]
    public void Close() => _reader.Dispose();

    [Test]
    public void A_reader_gets_a_frame_once_it_is_shown()
    {
        _log.AppendText("a");
        Assert.That(_reader.TakeItems(), Is.Empty);
        Assert.That((_reader.HasCaughtUp, _reader.IsAtEnd), Is.EqualTo((true, false)));

        _log.ShowAll();
        _log.AppendText("b");
        Assert.That((_log.Count, _log.ShownCount, _log.ShownBytes < _log.Bytes), Is.EqualTo((2, 1, true)));
        Assert.That(_reader.TakeItems(), Is.EqualTo(new[] { """0 {"text":"a"}""" }));
        Assert.That(_reader.HasCaughtUp, Is.True);

        _log.Complete();
        Assert.That(_reader.TakeItems(), Is.EqualTo(new[] { """1 {"text":"b"}""" }));
        Assert.That(_reader.IsAtEnd, Is.True);
    }

    [Test]
    public async Task A_waiting_reader_is_woken_when_frames_are_shown_and_not_before()
    {
        var woken = _reader.WaitAsync().AsTask();
        _log.AppendText("a");
        Assert.That(woken.IsCompleted, Is.False);

        _log.ShowAll();
        await woken.WaitAsync(Token);
    }

    [Test]
    public void Frames_up_to_a_position_are_shown_and_never_hidden_again()
    {
        _log.AppendText("a");
        var (count, bytes) = (_log.Count, _log.Bytes);
        _log.AppendText("b");
        _log.Show(count, bytes);
        Assert.That(_log.ItemsFrom(0), Is.EqualTo(new[] { """0 {"text":"a"}""" }));

        _log.ShowAll();
        _log.Show(count, bytes);
        Assert.That(_log.ItemsFrom(1), Is.EqualTo(new[] { """1 {"text":"b"}""" }));
    }

    [Test]
    public void A_reader_cannot_start_behind_what_is_shown()
    {
        _log.AppendText("a");

        Assert.That(() => _log.OpenReader(1, CancellationToken.None), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Hidden_text_can_be_read_back()
    {
        _log.AppendText("a");
        _log.ShowAll();
        var from = _log.Bytes;
        _log.AppendText(new string('x', 10_000));
        _log.AppendText("b");

        Assert.That(_log.ReadText(default, from, _log.Bytes), Is.EqualTo(new string('x', 10_000) + "b"));
    }

    [TestCase(0, 3)]
    [TestCase(3, 0)]
    [TestCase(3, 1)]
    [TestCase(40, 60)]
    [TestCase(200, 300)]
    public void Hidden_frames_that_are_dropped_leave_no_trace(int shown, int hidden)
    {
        var never = New();
        for (var n = 0; n < shown; n++)
            Both(new string('a', n * 7));
        _log.ShowAll();
        for (var n = 0; n < hidden; n++)
            _log.AppendText(new string('b', n * 50));
        _log.DropHidden();
        Assert.That((_log.Count, _log.Bytes), Is.EqualTo((never.Count, never.Bytes)));

        for (var n = 0; n < 100; n++)
            Both(new string('c', n * 11));
        _log.Complete();
        never.Complete();
        for (var from = 0; from <= never.Count; from++)
            Assert.That(_log.ItemsFrom(from), Is.EqualTo(never.ItemsFrom(from)), $"from {from}");

        void Both(string text)
        {
            _log.AppendText(text);
            never.AppendText(text);
        }
    }

    [Test]
    public void Nothing_is_hidden_where_frames_are_shown_at_once()
    {
        var log = new FrameLog("g.", MemoryPool<byte>.Shared);
        log.AppendText("a");
        log.DropHidden();

        Assert.That((log.Count, log.ShownCount, log.Bytes - log.ShownBytes), Is.EqualTo((1, 1, 0L)));
    }

    [Test]
    public void A_log_may_begin_at_a_later_frame()
    {
        var rest = new FrameLog("g.", MemoryPool<byte>.Shared, first: 7);
        for (var n = 0; n < 300; n++)
            rest.AppendText(new string('x', n * 7));

        Assert.That(() => rest.OpenReader(6, CancellationToken.None), Throws.TypeOf<ArgumentOutOfRangeException>());
        for (var from = 7; from < rest.Count; from++)
            Assert.That(rest.ItemsFrom(from)[0], Does.StartWith($"{from} "));
    }

    private static FrameLog New() => new("g.", MemoryPool<byte>.Shared, holdsBack: true);
}
