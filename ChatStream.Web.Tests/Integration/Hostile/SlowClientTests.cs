using System.Globalization;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Fairness;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Hostile;

/// <summary>Clients that read or send as slowly as they can, and a user who streams beside them.</summary>
[NonParallelizable] // What it measures is time and memory.
[CancelAfter(600_000)]
[Platform("Linux", Reason = "Sockets with small buffers.")]
internal sealed class SlowClientTests
{
    private const int PerAnswer = 100;
    private const string Much = "much";
    private const string Silence = "silence";

    private static readonly TimeSpan MostGap = TimeSpan.FromMilliseconds(250);

    // The web server gives a head 30 seconds.
    private static readonly (int Reading, int Sending, int Waiting, int Seconds) Amount =
        Soak.IsOn ? (200, 500, 5_000, 40) : (20, 20, 100, 2);

    // Measured: a waiting reader takes some 30 KB, buffers of its socket not counted.
    private const long MostPerClient = 64 * 1024;
    private const long MostInAll = 200 * 1024 * 1024;

    [Test]
    public async Task Slow_clients_hold_up_nobody(CancellationToken timeout)
    {
        await using var app = await FairnessApp.StartAsync(DatabaseKind.Sqlite, request => request.LastUserMessage switch
        {
            Much => Script.Start().Texts(Enumerable.Repeat(new string('m', 10_000), 200)).Stall(),
            Silence => Script.Start().Text("a").Stall(),
            _ => null,
        });
        using var user = await app.NewUserAsync();
        using var hostile = await app.NewUserAsync();
        using var clients = new SlowClients(hostile);
        var healthy = new HealthyUser(user, SteadyScripts.Steady);
        await user.AskAsync(SteadyScripts.Short);
        var before = app.Memory;

        for (var left = Amount.Reading; left > 0; left -= PerAnswer)
            await clients.ReadSlowlyAsync(await StartAsync(hostile, Much), Math.Min(left, PerAnswer), timeout);
        for (var left = Amount.Waiting; left > 0; left -= PerAnswer)
            await clients.WaitAsync(await StartAsync(hostile, Silence), Math.Min(left, PerAnswer), timeout);
        await clients.BeginAsync(Amount.Sending, timeout);
        using var pauses = new OwnPauses();
        var streaming = healthy.StreamAsync();
        await clients.DripAsync(Amount.Seconds, timeout);
        healthy.Finish();
        await streaming.WaitAsync(timeout);

        var grown = app.Memory - before;
        var gap = healthy.Answers.Max(answer => answer.LongestGap);
        TestContext.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{clients.Count} slow clients, {grown >> 20} MiB more, longest gap {gap.TotalMilliseconds:0} ms"));
        Assert.That(healthy.Answers, Is.Not.Empty.And.All.Matches<HealthyAnswer>(answer =>
            (answer.Text, answer.Finish) == (SteadyScripts.SteadyText, """{"reason":"completed"}""")));
        Assert.That(grown, Is.LessThan(MostInAll + clients.Count * MostPerClient), "memory is bounded");
        if (Soak.IsOn)
        {
            Soak.Report("slow-clients", new
            {
                clients = clients.Count,
                mebibytes = grown >> 20,
                longestGapMs = gap.TotalMilliseconds,
                ownPauseMs = pauses.Longest.TotalMilliseconds,
            });
            Assert.That(gap - pauses.Longest, Is.LessThanOrEqualTo(MostGap));
            Assert.That(await clients.SaidToSendersAsync(timeout), Has.All.StartsWith("HTTP/1.1 408 "));
        }
        clients.Dispose();
        var log = await app.StopAsync(timeout);
        Assert.That(log, Does.Not.Contain(" ERROR ").And.Not.Contain(" FATAL "));
    }

    private static async Task<string> StartAsync(ChatClient user, string message)
    {
        using var request = ChatClient.Post(new { message }, "application/json");
        request.Headers.Add("Prefer", "respond-async");
        var (response, body) = await user.JsonAsync(request);
        using (response)
            return body.GetProperty("generationId").GetString()!;
    }
}
