using ChatStream.Web.Providers;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

internal sealed class QueueGaugeTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<IThreadPoolWorkItem> _queue = [];
    private readonly List<double> _waits = [];
    private QueueGauge _gauge;

    [SetUp]
    public void Make()
    {
        _queue.Clear();
        _waits.Clear();
        _gauge = new QueueGauge(_time, _queue.Add, wait => _waits.Add(wait.TotalMilliseconds));
    }

    [TearDown]
    public void Drop() => _gauge.Dispose();

    [Test]
    public void It_tells_how_long_its_work_waited()
    {
        _gauge.Enter();
        _time.Advance(QueueGauge.Every);
        _time.Advance(TimeSpan.FromMilliseconds(7));
        RunQueue();

        Assert.That(_waits, Is.EqualTo(new[] { 7 }));
    }

    [Test]
    public void A_long_wait_is_told_before_it_ends()
    {
        _gauge.Enter();
        _time.Advance(QueueGauge.Every);
        _time.Advance(QueueGauge.Every);
        _time.Advance(QueueGauge.Every);
        Assert.That(_waits, Is.EqualTo(new[] { 25, 50 }));
        Assert.That(_queue, Has.Count.EqualTo(1), "one at a time");

        RunQueue();
        Assert.That(_waits, Is.EqualTo(new[] { 25, 50, 50 }));
        _time.Advance(QueueGauge.Every);
        Assert.That(_queue, Has.Count.EqualTo(1), "the next one");
    }

    [Test]
    public void It_looks_only_while_something_is_read()
    {
        _time.Advance(QueueGauge.Every);
        Assert.That(_queue, Is.Empty);

        _gauge.Enter();
        _gauge.Enter();
        _gauge.Leave();
        _time.Advance(QueueGauge.Every);
        Assert.That(_queue, Has.Count.EqualTo(1));
        RunQueue();

        _gauge.Leave();
        _time.Advance(10 * QueueGauge.Every);
        Assert.That(_queue, Is.Empty);
    }

    private void RunQueue()
    {
        foreach (var work in _queue.ToList())
        {
            _queue.Remove(work);
            work.Execute();
        }
    }
}
