using System.Buffers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Streaming;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Running;

/// <summary>An answer without readers is ended after a while. An answer that is being read is not.</summary>
internal sealed class AbandonmentTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(15);

    private FakeTimeProvider _time;
    private Generation _generation;

    [SetUp]
    public void Begin() => (_time, _generation) =
        (new FakeTimeProvider(), new Generation(Ids.New(), new Owner("me"), MemoryPool<byte>.Shared, TimeProvider.System));

    [TearDown]
    public void Dispose() => _generation.Dispose();

    [Test]
    public void An_answer_ends_after_the_set_time_without_a_reader()
    {
        using var _ = Abandonment.Watch(_generation, Wait, _time);
        Read().Dispose();
        _time.Advance(Wait - TimeSpan.FromSeconds(1));
        Assert.That(HasEnded, Is.False);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.That(_generation.Ended.Result, Is.EqualTo(new GenerationEnd(
            FinishReason.Interrupted, new FailurePayload(FailureCode.Interrupted, "The answer had no reader for too long."))));
    }

    [Test]
    public void An_answer_ends_when_no_reader_ever_came()
    {
        using var _ = Abandonment.Watch(_generation, Wait, _time);
        _time.Advance(Wait);

        Assert.That(HasEnded, Is.True);
    }

    [Test]
    public void A_reader_that_came_before_the_watch_counts()
    {
        using var reader = Read();
        using var _ = Abandonment.Watch(_generation, Wait, _time);
        _time.Advance(10 * Wait);

        Assert.That(HasEnded, Is.False);
    }

    [Test]
    public void A_reader_that_comes_back_in_time_restarts_the_wait()
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
    public void With_a_wait_of_zero_the_answer_ends_with_its_last_reader()
    {
        var (one, two) = (Read(), Read());
        using var _ = Abandonment.Watch(_generation, TimeSpan.Zero, _time);
        one.Dispose();
        Assert.That(HasEnded, Is.False);
        two.Dispose();
        Assert.That(HasEnded, Is.True);
    }

    [Test]
    public void Without_a_setting_an_answer_is_never_abandoned()
    {
        using var abandonment = Abandonment.Watch(_generation, after: null, _time);
        Read().Dispose();
        _time.Advance(TimeSpan.FromDays(30));

        Assert.That((abandonment, HasEnded), Is.EqualTo(((Abandonment?)null, false)));
    }

    [TestCase(0)]
    [TestCase(15)]
    public void An_answer_promised_for_later_is_never_abandoned(int minutes)
    {
        _generation.IsKeptUnread = true;
        using var _ = Abandonment.Watch(_generation, TimeSpan.FromMinutes(minutes), _time);
        Read().Dispose();
        _time.Advance(TimeSpan.FromDays(1));

        Assert.That(HasEnded, Is.False);
    }

    [Test]
    public void An_ended_answer_is_no_longer_watched()
    {
        using (Read())
            Abandonment.Watch(_generation, TimeSpan.Zero, _time)!.Dispose();
        _time.Advance(TimeSpan.FromDays(1));

        Assert.That(HasEnded, Is.False);
    }

    private bool HasEnded => _generation.Ended.IsCompleted;

    private FrameReader Read() => _generation.Frames.OpenReader(0, CancellationToken.None);
}
