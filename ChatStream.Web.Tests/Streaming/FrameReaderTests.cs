using System.Buffers;
using ChatStream.Web.Streaming;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

[CancelAfter(20_000)]
internal sealed class FrameReaderTests
{
    private FrameLog _log;
    private FrameReader _reader;
    private CancellationTokenSource _gone;

    [SetUp]
    public void Open()
    {
        _log = new FrameLog("g.", MemoryPool<byte>.Shared);
        _gone = new CancellationTokenSource();
        _reader = _log.OpenReader(0, _gone.Token);
    }

    [TearDown]
    public void Close()
    {
        _reader.Dispose();
        _gone.Dispose();
    }

    [Test]
    public Task A_frame_wakes_a_waiting_reader() => WakesAsync(() => _log.AppendText("a"));

    [Test]
    public Task The_end_of_the_log_wakes_a_waiting_reader() => WakesAsync(_log.Complete);

    [Test]
    public Task A_disconnect_wakes_a_waiting_reader() => WakesAsync(_gone.Cancel);

    [Test]
    public Task Any_code_can_wake_a_waiting_reader() => WakesAsync(_reader.Wake);

    [Test]
    public async Task A_frame_that_came_before_the_wait_is_not_missed()
    {
        _log.AppendText("a");
        _log.AppendText("b");

        Assert.That(_reader.WaitAsync().AsTask().IsCompletedSuccessfully, Is.True);
        var second = _reader.WaitAsync().AsTask();
        Assert.That(second.IsCompleted, Is.False, "two frames count as one wake-up");
        _log.AppendText("c");
        await second.WaitAsync(Token);
    }

    [Test]
    public void A_reader_whose_client_has_disconnected_does_not_wait()
    {
        using var late = _log.OpenReader(0, new CancellationToken(canceled: true));

        Assert.That(late.WaitAsync().AsTask().IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public void A_reader_is_at_the_end_once_it_has_taken_everything_of_a_complete_log()
    {
        _log.AppendText("a");
        Assert.That(_reader.IsAtEnd, Is.False);
        _reader.Skip();
        Assert.That(_reader.IsAtEnd, Is.False);
        _log.Complete();
        Assert.That(_reader.IsAtEnd, Is.False, "the reader has not looked since");
        _reader.Skip();
        Assert.That(_reader.IsAtEnd, Is.True);
    }

    [Test]
    public async Task Skipping_to_the_end_waits_for_it()
    {
        var skipped = _reader.SkipToEndAsync(CancellationToken.None);
        _log.AppendText("a");
        Assert.That(skipped.IsCompleted, Is.False);
        _log.Complete();

        Assert.That(await skipped.WaitAsync(Token), Is.True);
        Assert.That(_log.WasReadToEnd, Is.True);
    }

    [Test]
    public async Task Skipping_to_the_end_stops_on_a_disconnect()
    {
        var skipped = _reader.SkipToEndAsync(CancellationToken.None);
        await _gone.CancelAsync();

        Assert.That(await skipped.WaitAsync(Token), Is.False);
        Assert.That(_log.WasReadToEnd, Is.False);
    }

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    private async Task WakesAsync(Action what)
    {
        var woken = _reader.WaitAsync().AsTask();
        Assert.That(woken.IsCompleted, Is.False);
        what();
        await woken.WaitAsync(Token);
    }
}
