using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>What is said while the server stops.</summary>
internal sealed class GoldenDrainTests : GoldenTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Generation:DrainFor"] = "00:00:37";
    }

    [Test]
    public async Task Stopping()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("so far").Wait(gate).Text(" and on").Finish("stop").Done());
        var stream = await OpenAsync("POST /chat/stream\n\n{\"message\":\"Hi\"}");
        await stream.ReadUntilAsync("so far", Token);
        Learn(stream);
        var draining = Time.NextAsync(TimeSpan.FromSeconds(37), Token);
        var restarting = RestartAsync();
        await draining;

        await SendAsync("POST /chat/stream\n\n{\"message\":\"Ho\"}");
        await SendAsync("POST /chat/stream\nAccept: application/json\n\n{\"message\":\"Ho\"}");
        await SendAsync("POST /chat\nContent-Type: application/x-www-form-urlencoded\n\nmessage=Ho");
        await SendAsync("GET /health/ready");
        await SendAsync("GET /health/live");
        await SendAsync("GET /chat/stream/{G1}\nAccept: application/json");
        var second = await OpenAsync("GET /chat/stream/{G1}");
        await second.ReadUntilAsync("so far", Token);
        gate.Open();
        await EndAsync(stream);
        await EndAsync(second);
        await restarting;
    }
}
