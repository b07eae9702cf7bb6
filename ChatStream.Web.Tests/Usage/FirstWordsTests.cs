using ChatStream.Web.Usage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Usage;

internal sealed class FirstWordsTests
{
    [TestCase(0.0, 0)]
    [TestCase(-1.0, 0)]
    [TestCase(0.01, 0)]
    [TestCase(0.0111, 1)]
    [TestCase(86_400.0, FirstWords.Steps - 1)]
    public void Each_time_has_a_step(double seconds, int step) =>
        Assert.That(FirstWords.StepOf(TimeSpan.FromSeconds(seconds)), Is.EqualTo(step));

    [Test]
    public void The_steps_reach_from_a_hundredth_of_a_second_to_half_an_hour()
    {
        Assert.That(FirstWords.SecondsOf(0), Is.EqualTo(0.01).Within(5).Percent);
        Assert.That(FirstWords.SecondsOf(FirstWords.Steps - 1), Is.GreaterThan(1_800));
    }

    [Test]
    public void A_percentile_is_within_five_percent_of_the_true_one()
    {
        var random = new Random(17);
        var seconds = Enumerable.Range(0, 5_000).Select(_ => 0.05 * Math.Exp(6 * random.NextDouble())).Order().ToList();
        var counts = seconds.GroupBy(time => FirstWords.StepOf(TimeSpan.FromSeconds(time)))
            .ToDictionary(step => step.Key, step => step.LongCount());

        foreach (var part in new[] { 0.5, 0.95, 1 })
            Assert.That(FirstWords.Percentile(counts, part), Is.EqualTo(seconds[(int)(part * 5_000) - 1]).Within(5).Percent);
    }

    [Test]
    public void Without_answers_there_is_no_percentile() =>
        Assert.That(FirstWords.Percentile(new Dictionary<int, long>(), 0.5), Is.Null);
}
