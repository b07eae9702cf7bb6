using System.Globalization;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>Whatever a model service sends, each answer ends once, and for a reason that is not a fault of ours.</summary>
internal sealed class MutatedStreamTests : AppTest
{
    private const int Users = 8;

    private static int Amount => Soak.IsOn ? 100_000 : 2_000;

    protected override void Configure(ChatApp.Setup setup)
    {
        foreach (var limit in new[] { "StartsPerMinute", "StartsPerMinutePerAddress", "StartsPerMinuteInAll" })
            setup.Settings[$"Limits:{limit}"] = "100000";
    }

    [Test]
    [CancelAfter(1_800_000)]
    public async Task Each_answer_ends_once()
    {
        var reasons = new Dictionary<string, int>(StringComparer.Ordinal);
        var broken = new List<string>();
        await Parallel.ForAsync(0, Users, Token, async (part, token) =>
        {
            using var user = App.NewUser();
            for (var seed = part; seed < Amount; seed += Users)
            {
                var mutated = MutatedStream.Of(seed);
                var message = $"Mutated {seed}";
                Answers(message, Script.HeadersOnly().Bytes(mutated.Bytes));
                await using var stream = await user.StartAsync(message, token);
                await stream.ToEndAsync().WaitAsync(TimeSpan.FromSeconds(30), token);
                var (reason, fault) = Check(stream, mutated);
                lock (reasons)
                {
                    reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
                    if (fault is not null)
                        broken.Add($"seed {seed}: {fault}");
                }
            }
        });

        Soak.Report("mutated-streams", new { streams = Amount, reasons, broken });
        Assert.That(broken, Is.Empty);
    }

    private static (string Reason, string? Fault) Check(EventStream stream, MutatedStream mutated)
    {
        var finishes = stream.Frames.Where(frame => frame.Event == "finish").ToList();
        if (finishes.Count != 1 || stream.Frames.Count(frame => frame.Event == "stop") != 1 || stream.Frames[^1].Event != "stop")
            return ("none", "not one end");
        var reason = finishes[0].Json.GetProperty("reason").GetString()!;
        var code = stream.Frames.FirstOrDefault(frame => frame.Event == "failure")?.Json.GetProperty("code").GetString();
        var numbers = Enumerable.Range(0, stream.Frames.Count).Select(n => n.ToString(CultureInfo.InvariantCulture));
        return ($"{reason} {code}".TrimEnd(),
            code == "internal" ? "internal"
            : !stream.Frames.Select(frame => frame.Number).SequenceEqual(numbers) ? "a gap in the numbers"
            : reason == "completed" && mutated.WholeText is { } text && stream.Text != text ? $"complete with '{stream.Text}'"
            : null);
    }
}
