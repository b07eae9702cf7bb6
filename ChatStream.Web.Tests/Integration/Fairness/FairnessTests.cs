using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Chaos;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>
/// One user streams at 20 tokens a second and another one starts answers, while a third does what costs most: one kind at a
/// time, and then all at once.
/// </summary>
[NonParallelizable] // It loads the whole machine, and in its long form it judges delays.
internal sealed class FairnessTests
{
    /// <summary>A variable that names the one kind to run, such as <c>AllAtOnce</c>. Not set: every kind.</summary>
    private const string Only = "CHATSTREAM_TESTS_FAIRNESS";

    private static readonly TimeSpan MostGap = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MostStart = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MostLag = TimeSpan.FromMilliseconds(500);

    [Test]
    [CancelAfter(3_000_000)]
    public async Task No_user_holds_up_the_stream_and_the_starts_of_others([Values] DatabaseKind kind, CancellationToken timeout)
    {
        await using var app = await FairnessApp.StartAsync(kind);
        using var other = await app.NewUserAsync();
        using var owner = await app.NewUserAsync();
        var rounds = new List<FairnessRound> { await FairnessRound.RunAsync(app, [], timeout) };
        var only = Environment.GetEnvironmentVariable(Only);
        foreach (var disturbance in Disturbance.All(app, other, owner).Where(kind => only is null || kind.Name == only))
            rounds.Add(await FairnessRound.RunAsync(app, [disturbance], timeout));
        if (only is null or FairnessRound.AllAtOnce)
            rounds.Add(await FairnessRound.RunAsync(app, Disturbance.All(app, other, owner), timeout));

        var commits = Commit.ReadAll(await app.StopAsync(timeout)); // the log says when text became durable
        foreach (var round in rounds)
            round.AddCommits(commits);
        Soak.Report(
            $"fairness-{kind.ToString().ToLowerInvariant()}", rounds.ToDictionary(round => round.Name, round => round.Figures));
        foreach (var round in rounds)
            AssertFair(round);
    }

    private static void AssertFair(FairnessRound round)
    {
        Assert.That(round.Streamed, Is.Not.Empty.And.All.Matches<HealthyAnswer>(IsWhole(SteadyScripts.SteadyText)), round.Name);
        Assert.That(round.Started, Is.Not.Empty.And.All.Matches<HealthyAnswer>(IsWhole(SteadyScripts.ShortText)), round.Name);
        Assert.That(round.Lags, Is.Not.Empty, $"{round.Name}: no checkpoint was committed");
        if (!Soak.IsOn)
            return;
        Assert.Multiple(() =>
        {
            Assert.That(round.LongestGap, Is.LessThanOrEqualTo(MostGap), $"{round.Name}: longest gap");
            Assert.That(round.StartP99, Is.LessThanOrEqualTo(MostStart), $"{round.Name}: start, p99");
            Assert.That(round.LagMax, Is.LessThanOrEqualTo(MostLag), $"{round.Name}: lag of checkpoints");
        });
    }

    private static Predicate<HealthyAnswer> IsWhole(string text) =>
        answer => (answer.Text, answer.Finish) == (text, """{"reason":"completed"}""");
}
