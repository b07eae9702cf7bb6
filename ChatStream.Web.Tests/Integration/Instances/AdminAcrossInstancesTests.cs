using System.Net;
using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>An administrator sees all instances from each of them, and stops what runs on another one.</summary>
[CancelAfter(120_000)]
internal sealed class AdminAcrossInstancesTests
{
    private InstanceGroup _group = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _group = await InstanceGroup.StartAsync(
        2, CancellationToken.None, settings:
        [
            ("Api:Keys:0:Name", "watch"), ("Api:Keys:0:Key", "a-key-of-the-watch"), ("Api:Keys:0:Role", "Admin"),
            ("Api:Keys:1:Name", "job"), ("Api:Keys:1:Key", "a-key-of-the-tests"), ("Api:Keys:1:Groups:0", "jobs"),
            ("Budgets:0:Name", "Jobs"), ("Budgets:0:Group", "jobs"), ("Budgets:0:Shared", "true"), ("Budgets:0:Of", "Answers"),
            ("Budgets:0:Per", "Month"), ("Budgets:0:Hard", "1000"),
        ]);

    [OneTimeTearDown]
    public async Task StopAsync() => await _group.DisposeAsync();

    [Test]
    public async Task A_stop_there_stops_here(CancellationToken timeout)
    {
        _group.Emulator.Enqueue(Script.Start().Text("so far").Stall());
        using var job = At(0, "a-key-of-the-tests");
        using var admin = At(1, "a-key-of-the-watch");
        await using var stream = await job.StartAsync("Hi", timeout);
        await stream.UntilTextAsync("so far");

        // An instance that is slow to say is left out of a report.
        JsonElement report;
        do
            (_, report) = await admin.JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/admin"));
        while (report.GetProperty("instances").EnumerateArray().Any(row => row.TryGetProperty("silent", out _))
            && !timeout.IsCancellationRequested);
        using var form = new FormUrlEncodedContent([new("generationId", stream.GenerationId)]);
        using var stopped = await admin.Http.PostAsync("/admin/stop", form, timeout);
        await stream.ToEndAsync();
        var (_, log) = await admin.JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/admin/audit"));

        var running = report.GetProperty("running").EnumerateArray().Single();
        var instances = report.GetProperty("instances").EnumerateArray().ToList();
        Assert.That(running.GetProperty("user").GetString(), Is.EqualTo("job"));
        Assert.That(running.GetProperty("bytes").GetInt32(), Is.EqualTo("so far".Length), "the other instance said so");
        Assert.That(instances, Has.Count.EqualTo(2));
        Assert.That(
            running.GetProperty("instanceId").GetString(),
            Is.EqualTo(instances.Single(row => !row.TryGetProperty("own", out _)).GetProperty("id").GetString()));
        Assert.That(stopped.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther), await stopped.Content.ReadAsStringAsync(timeout));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        var entry = log.GetProperty("entries").EnumerateArray().Single();
        Assert.That(
            (entry.GetProperty("user").GetString(), entry.GetProperty("subject").GetString()),
            Is.EqualTo(("watch", stream.GenerationId)), "noted once, for the administrator");
    }

    [Test]
    public async Task What_was_used_here_counts_there(CancellationToken timeout)
    {
        _group.Emulator.Enqueue(Script.Start().Text("Hello").Finish("stop").Usage(10, 2).Done());
        using var here = At(0, "a-key-of-the-tests");
        using var there = At(1, "a-key-of-the-tests");
        var before = await UsedAsync(there);
        await here.AskAsync("Hi");

        // Each instance adds up what is shared once in ten seconds.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (await UsedAsync(there) != before + 1)
            await timer.WaitForNextTickAsync(timeout);
    }

    private static async Task<int> UsedAsync(ChatClient user)
    {
        var (_, usage) = await user.JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/usage"));
        return usage.GetProperty("budgets").EnumerateArray().Single().GetProperty("used").GetInt32();
    }

    private ChatClient At(int number, string key)
    {
        var client = new ChatClient(_group.Addresses[number]);
        client.Http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }
}
