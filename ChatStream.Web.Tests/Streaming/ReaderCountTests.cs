using System.Buffers;
using ChatStream.Web.Streaming;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

/// <summary>What a log tells of its readers: abandonment and repeated requests hang on it.</summary>
internal sealed class ReaderCountTests
{
    private readonly List<string> _told = [];
    private FrameLog _log;

    [SetUp]
    public void Listen()
    {
        _told.Clear();
        _log = new FrameLog("g.", MemoryPool<byte>.Shared)
        {
            FirstReaderCame = () => _told.Add("came"),
            LastReaderLeft = () => _told.Add("left"),
            ReadToEnd = () => _told.Add("read"),
        };
    }

    [Test]
    public void The_first_to_come_and_the_last_to_leave_are_told()
    {
        Assert.That(_log.HasReaders, Is.False);
        var one = _log.OpenReader(0, CancellationToken.None);
        var two = _log.OpenReader(0, CancellationToken.None);
        Assert.That(_told, Is.EqualTo(new[] { "came" }));

        one.Dispose();
        Assert.That(_log.HasReaders, Is.True);
        two.Dispose();
        Assert.That(_log.HasReaders, Is.False);
        Assert.That(_told, Is.EqualTo(new[] { "came", "left" }));

        _log.OpenReader(0, CancellationToken.None).Dispose();
        Assert.That(_told, Is.EqualTo(new[] { "came", "left", "came", "left" }));
    }

    [Test]
    public void A_reader_that_is_closed_twice_leaves_once()
    {
        var one = _log.OpenReader(0, CancellationToken.None);
        one.Dispose();
        one.Dispose();

        Assert.That(_told, Is.EqualTo(new[] { "came", "left" }));
    }

    [Test]
    public void It_is_unread_when_the_last_has_left_or_is_gone()
    {
        Assert.That(_log.Unread.IsCompleted, Is.True, "nobody has come yet");
        using var gone = new CancellationTokenSource();
        using var one = _log.OpenReader(0, CancellationToken.None);
        using var two = _log.OpenReader(0, gone.Token);
        var unread = _log.Unread;
        Assert.That(unread.IsCompleted, Is.False);

        gone.Cancel();
        Assert.That(_log.Unread.IsCompleted, Is.False);
        one.Dispose();
        Assert.That((_log.Unread.IsCompleted, unread.IsCompleted), Is.EqualTo((true, false)), "gone, though not yet closed");
        two.Dispose();
        Assert.That(unread.IsCompleted, Is.True);
    }

    [Test]
    public void Reading_to_the_end_is_told_once()
    {
        _log.AppendText("a");
        _log.Complete();
        Assert.That(_log.WasReadToEnd, Is.False);
        using var one = _log.OpenReader(0, CancellationToken.None);
        using var two = _log.OpenReader(0, CancellationToken.None);

        one.Skip();
        Assert.That(_log.WasReadToEnd, Is.False, "taken, but nobody has said that it was delivered");
        one.IsAtEnd();
        two.Skip();
        two.IsAtEnd();
        one.IsAtEnd();

        Assert.That(_log.WasReadToEnd, Is.True);
        Assert.That(_told, Is.EqualTo(new[] { "came", "read" }));
    }

    [Test]
    public void A_reader_that_leaves_early_has_not_read_to_the_end()
    {
        _log.AppendText("a");
        _log.AppendText("b");
        _log.Complete();
        using (var reader = _log.OpenReader(0, CancellationToken.None))
        {
            reader.Take(limit: 5);
            reader.IsAtEnd();
        }

        Assert.That(_log.WasReadToEnd, Is.False);
    }
}
