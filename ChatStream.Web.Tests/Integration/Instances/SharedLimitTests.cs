using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>The limits of a user hold over all instances.</summary>
internal sealed class SharedLimitTests
{
    private const int Running = 3;
    private const int PerMinute = 6;

    private InstanceGroup _group = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _group = await InstanceGroup.StartAsync(
            2, CancellationToken.None,
            settings: [("Limits:RunningPerUser", $"{Running}"), ("Limits:StartsPerMinute", $"{PerMinute}")]);
        // Each knows of the other.
        foreach (var process in _group.Processes)
            await process.LineAsync("2 instances are alive.");
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _group.DisposeAsync();

    [Test]
    [CancelAfter(120_000)]
    public async Task No_more_answers_of_a_user_run_than_the_limit_says_wherever_they_were_started(CancellationToken timeout)
    {
        _group.Emulator.On(request => request.LastUserMessage.StartsWith("Long", StringComparison.Ordinal)
            ? Script.Start().Text("so far").Stall()
            : null);
        using var user = await _group.NewUserAsync(0);
        using var there = _group.At(1, user);

        var responses = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(n => StartAsync(n % 2 == 0 ? user : there, $"Long {n}")));

        var refused = responses.Where(response => response.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.That(responses.Length - refused.Count, Is.EqualTo(Running));
        Assert.That(await refused[0].Content.ReadAsStringAsync(timeout), Does.Contain("too_many_running"));
        var one = await EventStream.OpenAsync(responses.First(response => response.IsSuccessStatusCode));
        await one.NextAsync();
        (await there.StopAsync(one.GenerationId)).Dispose();
        // Its place is given back right after its end.
        HttpResponseMessage again;
        while (!(again = await StartAsync(there, "Long again")).IsSuccessStatusCode)
        {
            again.Dispose();
            timeout.ThrowIfCancellationRequested();
        }
        foreach (var response in responses.Append(again))
            response.Dispose();
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task No_more_answers_of_a_user_start_in_a_minute_than_the_limit_says(CancellationToken timeout)
    {
        using var user = await _group.NewUserAsync(1);
        using var there = _group.At(0, user);
        var statuses = new List<int>();
        for (var n = 0; n < PerMinute + 2; n++)
        {
            using var response = await StartAsync(n % 2 == 0 ? user : there, $"{n}");
            statuses.Add((int)response.StatusCode);
            await response.Content.ReadAsStringAsync(timeout);
            if (statuses[^1] == 429)
                Assert.That(response.Headers.RetryAfter!.Delta, Is.InRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)));
        }

        Assert.That(statuses, Is.EqualTo(Enumerable.Repeat(200, PerMinute).Concat([429, 429])));
    }

    private static Task<HttpResponseMessage> StartAsync(ChatClient user, string message) =>
        user.Http.SendAsync(ChatClient.Post(new { message }), HttpCompletionOption.ResponseHeadersRead);
}
