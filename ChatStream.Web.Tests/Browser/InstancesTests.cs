using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Instances;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The page in front of several instances, behind nginx, which sends each request to the next of them.</summary>
internal sealed class InstancesTests
{
    [Test]
    [CancelAfter(180_000)]
    public async Task The_page_shows_stops_and_continues_whichever_instance_answers_and_survives_the_death_of_one(
        CancellationToken timeout)
    {
        await using var group = await InstanceGroup.StartAsync(2, timeout, true, ("CHATSTREAM_LOG_LEVEL", "Debug"));
        await using var nginx = await group.StartNginxAsync();
        group.Emulator.On(request => request.LastUserMessage switch
        {
            "Stop me" => Script.Start().Text("Until it is stopped").Stall(),
            "Kill me" => Script.Start().Text("Until the kill").Stall(),
            _ => Script.Answer(" and after it."),
        });
        await using var browser = await Chromium.NewPageAsync(nginx.Address);
        var chat = await ChatPageObject.OpenAsync(browser.Page);

        await chat.SendAsync("Stop me");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Until it is stopped");
        await browser.Page.ReloadAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("Until it is stopped");
        await chat.Stop.ClickAsync();
        await chat.Answer.HasEndedAsync();

        var owners = group.Processes.Select(process => process.LineAsync(line =>
            line.Contains("A generation started", StringComparison.Ordinal) && Interlocked.Increment(ref _started) > 1))
            .ToList();
        await chat.SendAsync("Kill me");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Until the kill");
        var owner = owners.IndexOf(await Task.WhenAny(owners).WaitAsync(timeout));
        await group.Processes[owner].LineAsync($"up to character {"Until the kill".Length}.").WaitAsync(timeout);
        await group.Processes[owner].KillAsync();

        await Expect(chat.Answer.Continue).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(chat.Answer.Text).ToHaveTextAsync("Until the kill");
        await chat.Answer.Continue.ClickAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("Until the kill and after it.");
        Assert.That(browser.Errors.Where(error => !error.Contains("Failed to load", StringComparison.Ordinal)), Is.Empty);
    }

    private int _started;
}
