using System.Globalization;
using ChatStream.Web.Providers;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>Whatever a model service sends, each answer ends once, and for a reason that is not a fault of ours.</summary>
internal sealed class MutatedStreamTests : AppTest
{
    private const int Users = 8;
    private const string Message = "Mutated ";
    private const string ByResponses = "by-responses";

    /// <summary>Were once called complete with a part of their text.</summary>
    private static readonly int[] Known = [49_444, 56_237, 58_689, 76_747, 91_452];

    private static int Amount => Soak.IsOn ? 100_000 : 2_000;

    protected override void Configure(ChatApp.Setup setup)
    {
        foreach (var limit in new[] { "StartsPerMinute", "StartsPerMinutePerAddress", "StartsPerMinuteInAll" })
            setup.Settings[$"Limits:{limit}"] = "100000";
        setup.Settings["Models:0:Name"] = ByResponses;
        setup.Settings["Models:0:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString();
        setup.Settings["Models:0:Deployments:0:Deployment"] = "gpt-5-mini";
        setup.Settings["Models:0:Deployments:0:ApiKey"] = "emulator-key";
        setup.Settings["Models:0:Deployments:0:Api"] = "responses";
        // 100,000 streams are made as they are asked for, and not kept.
        Emulator.On(request => request.LastUserMessage.StartsWith(Message, StringComparison.Ordinal)
            ? Mutated(int.Parse(request.LastUserMessage[Message.Length..], CultureInfo.InvariantCulture)).Script
            : null);
    }

    [Test]
    [CancelAfter(3_000_000)]
    public async Task Each_answer_ends_once()
    {
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var broken = new List<string>();
        await Parallel.ForAsync(0, Users, Token, async (part, token) =>
        {
            using var user = App.NewUser();
            foreach (var seed in Enumerable.Range(0, Amount).Concat(Known).Where(seed => seed % Users == part))
            {
                var model = ApiOf(seed) == ModelApi.Responses ? ByResponses : null;
                await using var stream = await AskAsync(user, $"{Message}{seed}", model, token);
                var (reason, fault) = await EndsAsync(stream, token) ? Check(stream, Mutated(seed)) : ("none", "it hangs");
                lock (reasons)
                {
                    var end = $"{ApiOf(seed)} {reason}";
                    reasons[end] = reasons.GetValueOrDefault(end) + 1;
                    if (fault is not null)
                        broken.Add($"seed {seed}: {fault}");
                }
            }
        });

        Soak.Report("mutated-streams", new { streams = Amount, reasons, broken });
        Assert.That(broken, Is.Empty);
    }

    // On a machine that has much else to do, the database may not answer in time. A client then asks again.
    private static async Task<EventStream> AskAsync(ChatClient user, string message, string? model, CancellationToken token)
    {
        while (true)
        {
            try
            {
                return await user.StreamAsync(ChatClient.Post(new { message, model }), token);
            }
            catch (InvalidOperationException refused) when (refused.Message.StartsWith("503", StringComparison.Ordinal))
            {
                TestContext.Progress.WriteLine(refused.Message);
            }
        }
    }

    private static async Task<bool> EndsAsync(EventStream stream, CancellationToken cancellationToken)
    {
        try
        {
            await stream.ToEndAsync().WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // The two interfaces take turns, and so each of the users has one of them.
    private static ModelApi ApiOf(int seed) => seed % 2 == 0 ? ModelApi.Chat : ModelApi.Responses;

    private static MutatedStream Mutated(int seed) => MutatedStream.Of(seed, ApiOf(seed));

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
            : reason == "completed" && !mutated.Has(stream.Text) ? $"complete with '{stream.Text}'"
            : null);
    }
}
