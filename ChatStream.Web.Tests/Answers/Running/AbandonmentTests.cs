using System.Buffers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Streaming;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Running;

/// <summary>An answer that nobody reads is ended, and only such a one.</summary>
internal sealed class AbandonmentTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(15);

    private FakeTimeProvider _time;
    private Generation _generation;

    [SetUp]
    public void Begin() => (_time, _generation) = (new FakeTimeProvider(), new Generation(Ids.New(), new Owner("me"), MemoryPool<byte>.Shared, TimeProvider.System));

    [TearDown]
    public void Dispose() => _generation.Dispose();

    [Test]
    public void It_ends_when_nobody_has_read_it_for_so_long()
    {
        using var _ = Abandonment.Watch(_generation, Wait, _time);
        Read().Dispose();
        _time.Advance(Wait - TimeSpan.FromSeconds(1));
        Assert.That(HasEnded, Is.False);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.That(_generation.Ended.Result, Is.EqualTo(new GenerationEnd(
            FinishReason.Interrupted, new FailurePayload(FailureCode.Interrupted, "Nobody was reading the answer any more."))));
    }

    [Test]
    public void It_ends_when_nobody_ever_came()
    {
        using var _ = Abandonment.Watch(_generation, Wait, _time);
        _time.Advance(Wait);

        Assert.That(HasEnded, Is.True);
    }

    [Test]
    public void A_reader_that_was_there_before_counts()
    {
        using var reader = Read();
        using var _ = Abandonment.Watch(_generation, Wait, _time);
        _time.Advance(10 * Wait);

        Assert.That(HasEnded, Is.False);
    }

    [Test]
    public void A_reader_that_comes_back_in_time_starts_the_wait_anew()
    {
        using var _ = Abandonment.Watch(_generation, Wait, _time);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(Wait - TimeSpan.FromSeconds(1));
            Read().Dispose();
        }
        Assert.That(HasEnded, Is.False);
        _time.Advance(Wait);
        Assert.That(HasEnded, Is.True);
    }

    [Test]
    public void At_once_means_with_the_last_of_its_readers()
    {
        var (one, two) = (Read(), Read());
        using var _ = Abandonment.Watch(_generation, TimeSpan.Zero, _time);
        one.Dispose();
        Assert.That(HasEnded, Is.False);
        two.Dispose();
        Assert.That(HasEnded, Is.True);
    }

    [Test]
    public void Null_is_never()
    {
        using var abandonment = Abandonment.Watch(_generation, after: null, _time);
        Read().Dispose();
        _time.Advance(TimeSpan.FromDays(30));

        Assert.That((abandonment, HasEnded), Is.EqualTo(((Abandonment?)null, false)));
    }

    [TestCase(0)]
    [TestCase(15)]
    public void One_that_somebody_was_promised_to_find_is_kept(int minutes)
    {
        _generation.IsKeptUnread = true;
        using var _ = Abandonment.Watch(_generation, TimeSpan.FromMinutes(minutes), _time);
        Read().Dispose();
        _time.Advance(TimeSpan.FromDays(1));

        Assert.That(HasEnded, Is.False);
    }

    [Test]
    public void After_the_answers_own_end_nothing_is_watched()
    {
        using (Read())
            Abandonment.Watch(_generation, TimeSpan.Zero, _time)!.Dispose();
        _time.Advance(TimeSpan.FromDays(1));

        Assert.That(HasEnded, Is.False);
    }

    private bool HasEnded => _generation.Ended.IsCompleted;

    private FrameReader Read() => _generation.Frames.OpenReader(0, CancellationToken.None);
}
