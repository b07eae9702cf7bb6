using System.Buffers;
using ChatStream.Web.Streaming;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

/// <summary>What a log reports about its readers. Abandonment and repeated requests depend on it.</summary>
internal sealed class ReaderCountTests
{
    private readonly List<string> _reports = [];
    private FrameLog _log;

    [SetUp]
    public void Listen()
    {
        _reports.Clear();
        _log = new FrameLog("g.", MemoryPool<byte>.Shared)
        {
            FirstReaderCame = () => _reports.Add("came"),
            LastReaderLeft = () => _reports.Add("left"),
            ReadToEnd = () => _reports.Add("read"),
        };
    }

    [Test]
    public void The_first_reader_to_open_and_the_last_to_leave_are_reported()
    {
        Assert.That(_log.HasReaders, Is.False);
        var one = _log.OpenReader(0, CancellationToken.None);
        var two = _log.OpenReader(0, CancellationToken.None);
        Assert.That(_reports, Is.EqualTo(new[] { "came" }));

        one.Dispose();
        Assert.That(_log.HasReaders, Is.True);
        two.Dispose();
        Assert.That(_log.HasReaders, Is.False);
        Assert.That(_reports, Is.EqualTo(new[] { "came", "left" }));

        _log.OpenReader(0, CancellationToken.None).Dispose();
        Assert.That(_reports, Is.EqualTo(new[] { "came", "left", "came", "left" }));
    }

    [Test]
    public void A_reader_that_is_disposed_twice_leaves_once()
    {
        var one = _log.OpenReader(0, CancellationToken.None);
        one.Dispose();
        one.Dispose();

        Assert.That(_reports, Is.EqualTo(new[] { "came", "left" }));
    }

    [Test]
    public void A_log_is_unread_when_its_last_reader_is_removed_or_disconnected()
    {
        Assert.That(_log.Unread.IsCompleted, Is.True, "no reader was opened yet");
        using var gone = new CancellationTokenSource();
        using var one = _log.OpenReader(0, CancellationToken.None);
        using var two = _log.OpenReader(0, gone.Token);
        var unread = _log.Unread;
        Assert.That(unread.IsCompleted, Is.False);

        gone.Cancel();
        Assert.That(_log.Unread.IsCompleted, Is.False);
        one.Dispose();
        Assert.That((_log.Unread.IsCompleted, unread.IsCompleted), Is.EqualTo((true, false)), "disconnected, not removed yet");
        two.Dispose();
        Assert.That(unread.IsCompleted, Is.True);
    }

    [Test]
    public void Reading_to_the_end_is_reported_once()
    {
        _log.AppendText("a");
        _log.Complete();
        Assert.That(_log.WasReadToEnd, Is.False);
        using var one = _log.OpenReader(0, CancellationToken.None);
        using var two = _log.OpenReader(0, CancellationToken.None);

        one.Skip();
        Assert.That(_log.WasReadToEnd, Is.False, "taken, but not marked as delivered");
        one.MarkDelivered();
        two.Skip();
        two.MarkDelivered();
        one.MarkDelivered();

        Assert.That(_log.WasReadToEnd, Is.True);
        Assert.That(_reports, Is.EqualTo(new[] { "came", "read" }));
    }

    [Test]
    public void A_reader_that_leaves_early_has_not_read_to_the_end()
    {
        _log.AppendText("a");
        _log.AppendText("b");
        _log.Complete();
        using (var reader = _log.OpenReader(0, CancellationToken.None))
        {
            reader.TakeText(limit: 5);
            reader.MarkDelivered();
        }

        Assert.That(_log.WasReadToEnd, Is.False);
    }
}
