using System.Diagnostics;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Chaos;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>Instances are killed or told to stop, at seeded moments, while readers elsewhere read what they run.</summary>
[SoakOnly]
[NonParallelizable] // It needs the whole machine.
internal sealed class InstanceKillTests
{
    private const int Seed = 5;
    private const int Times = 20;
    private const int Answers = 6;

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(15);

    [TestCase(true)]
    [TestCase(false)]
    [CancelAfter(900_000)]
    public async Task Readers_elsewhere_are_told_the_end(bool kills, CancellationToken timeout)
    {
        var answers = new Dictionary<string, SeededAnswer>(StringComparer.Ordinal);
        await using var group = await InstanceGroup.StartAsync(3, timeout);
        group.Emulator.On(request => answers.GetValueOrDefault(request.LastUserMessage)?.Script);
        using var user = await group.NewUserAsync(0);
        var (waits, ends, broken) = (new List<double>(), new Dictionary<string, int>(), new List<string>());
        var withoutText = 0;
        for (var time = 0; time < Times; time++)
        {
            var random = new Random((Seed * 1000) + time);
            var (victim, witness) = (time % 3, (time + 1) % 3);
            using var here = group.At(victim, user);
            using var there = group.At(witness, user);
            var some = Enumerable.Range(0, Answers).Select(n => SeededAnswer.MakePaced(Seed, (time * 100) + n)).ToList();
            some.ForEach(answer => answers[answer.Message] = answer);
            var started = await Task.WhenAll(some.Select(answer => here.StartAsync(answer.Message, timeout)));
            foreach (var stream in started)
                await stream.NextAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300, 1_500)), TimeProvider.System, timeout);

            var watch = Stopwatch.StartNew();
            if (kills)
                await group.Processes[victim].KillAsync();
            else
                group.Processes[victim].Terminate();
            foreach (var (answer, stream) in some.Zip(started))
            {
                var end = await EndAsync(there, stream.GenerationId, timeout);
                waits.Add(watch.Elapsed.TotalMilliseconds);
                ends[end.Reason] = ends.GetValueOrDefault(end.Reason) + 1;
                var isKept = end.Reason == "completed"
                    ? end.Text == answer.Text
                    : answer.Text.StartsWith(end.Text, StringComparison.Ordinal);
                withoutText += end.Text.Length == 0 ? 1 : 0;
                if (!isKept)
                    broken.Add($"{answer.Message}: {end.Reason} with another text");
                await stream.DisposeAsync();
            }
            await group.Processes[victim].Exited.WaitAsync(timeout);
            await group.StartAgainAsync(victim);
        }

        waits.Sort();
        Soak.Report($"instances-{(kills ? "killed" : "stopped")}", new
        {
            seed = Seed,
            times = Times,
            answers = answers.Count,
            ends,
            withoutText,
            millisecondsToTheEnd = new { p50 = Math.Round(waits[waits.Count / 2]), max = Math.Round(waits[^1]) },
            upstreamRequests = group.Emulator.Requests.Count,
            broken,
        });
        Assert.That(broken, Is.Empty);
        Assert.That(withoutText, Is.LessThan(answers.Count / 10), "what was streamed for 250 ms is kept");
        Assert.That(ends.Keys, Is.SubsetOf(new[] { "completed", "interrupted" }));
        Assert.That(group.Emulator.Requests, Has.Count.EqualTo(answers.Count), "each asked for once");
        Assert.That(waits[^1], Is.LessThan(Most.TotalMilliseconds));
    }

    // A program that asks again and again until the answer has its end.
    private static async Task<(string Reason, string Text)> EndAsync(ChatClient user, string id, CancellationToken timeout)
    {
        while (true)
        {
            var state = await user.FindAsync(id);
            if (state.TryGetProperty("finishReason", out var reason))
                return (reason.GetString()!, state.GetProperty("text").GetString()!);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, timeout);
        }
    }
}
