using System.Buffers;
using ChatStream.Web.Streaming;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

internal sealed class ReaderWatchTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private FakeTimeProvider _time;
    private FrameReader _reader;
    private int _cutOffs;

    [SetUp]
    public void Open()
    {
        _time = new FakeTimeProvider();
        _reader = new FrameLog("g.", MemoryPool<byte>.Shared).OpenReader(0, CancellationToken.None);
        _cutOffs = 0;
    }

    [TearDown]
    public void Close() => _reader.Dispose();

    [Test]
    public async Task A_comment_is_due_after_15_seconds_of_silence()
    {
        await using var watch = Watch();
        var woken = _reader.WaitAsync().AsTask();

        _time.Advance(TimeSpan.FromSeconds(15) - Millisecond);
        Assert.That((watch.TakeKeepAlive(), woken.IsCompleted), Is.EqualTo((false, false)));
        _time.Advance(Millisecond);

        Assert.That(watch.TakeKeepAlive(), Is.True);
        Assert.That(watch.TakeKeepAlive(), Is.False, "each comment is due once");
        await woken;
    }

    [Test]
    public async Task Silence_counts_from_the_last_write()
    {
        await using var watch = Watch();
        _time.Advance(TimeSpan.FromSeconds(14));
        watch.WriteStarts();
        watch.WriteEnded();

        Advance(TimeSpan.FromSeconds(14.9));
        Assert.That(watch.TakeKeepAlive(), Is.False);
        Advance(TimeSpan.FromSeconds(0.2));
        Assert.That(watch.TakeKeepAlive(), Is.True);
    }

    [Test]
    public async Task Comments_repeat_while_the_silence_lasts()
    {
        await using var watch = Watch();
        var comments = 0;
        for (var second = 0; second < 60 * 60; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            if (!watch.TakeKeepAlive())
                continue;
            comments++;
            watch.WriteStarts();
            watch.WriteEnded();
        }

        Assert.That(comments, Is.InRange(220, 240));
        Assert.That(_cutOffs, Is.Zero);
    }

    [TestCase(0)]
    [TestCase(7)]
    [TestCase(14.9)]
    [TestCase(15.5)]
    [TestCase(100)]
    public async Task A_write_that_takes_30_seconds_cuts_the_client_off(double startsAt)
    {
        await using var watch = Watch();
        Advance(TimeSpan.FromSeconds(startsAt));
        watch.WriteStarts();

        Advance(TimeSpan.FromSeconds(29.9));
        Assert.That(_cutOffs, Is.Zero);
        Advance(TimeSpan.FromSeconds(0.2));
        Assert.That(_cutOffs, Is.EqualTo(1));
    }

    [Test]
    public async Task A_slow_client_that_takes_something_is_kept()
    {
        await using var watch = Watch();
        for (var write = 0; write < 100; write++)
        {
            watch.WriteStarts();
            Advance(TimeSpan.FromSeconds(29));
            watch.WriteEnded();
        }

        Assert.That(_cutOffs, Is.Zero);
    }

    [Test]
    public async Task A_short_limit_holds_beside_a_long_keep_alive()
    {
        await using var watch = Watch(
            new StreamingOptions { KeepAlive = TimeSpan.FromMinutes(10), DropStalledAfter = TimeSpan.FromSeconds(1) });
        Advance(TimeSpan.FromSeconds(100.5));
        watch.WriteStarts();

        Advance(TimeSpan.FromSeconds(0.9));
        Assert.That(_cutOffs, Is.Zero);
        Advance(TimeSpan.FromSeconds(0.2));
        Assert.That(_cutOffs, Is.EqualTo(1));
    }

    [Test]
    public async Task Nothing_is_cut_off_once_the_response_has_ended()
    {
        var watch = Watch();
        watch.WriteStarts();
        await watch.DisposeAsync();
        Advance(TimeSpan.FromMinutes(1));

        Assert.That(_cutOffs, Is.Zero);
    }

    private ReaderWatch Watch(StreamingOptions? options = null) => new(_reader, options ?? new(), _time, () => _cutOffs++);

    // In small steps: a timer that is set during a long step would count from the end of that step.
    private void Advance(TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(50);
        for (; time > step; time -= step)
            _time.Advance(step);
        _time.Advance(time);
    }
}
