using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>What comes with time. What these tests record has no times in it, because each of them turns the clock on.</summary>
internal sealed class GoldenClockTests : GoldenTest
{
    // Sooner than a model is given up for its silence.
    private static readonly TimeSpan AbandonAfter = TimeSpan.FromMinutes(2);

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Generation:AbandonAfter"] = $"{AbandonAfter}";
    }

    [Test]
    public async Task Prefer_wait()
    {
        var waits = Time.NextAsync(TimeSpan.FromSeconds(7), Token);
        Answers("Hi", Script.Start().Text("so far").Stall());
        var json = OpenAsync("""
            POST /chat/stream
            Accept: application/json
            Prefer: wait=7
            Idempotency-Key: one

            {"message":"Hi"}
            """);
        await waits;
        using (var stream = await OpenAsync("POST /chat/stream\nIdempotency-Key: one\n\n{\"message\":\"Hi\"}"))
            await stream.ReadUntilAsync("so far", Token);
        Time.Advance(TimeSpan.FromSeconds(7));
        await EndAsync(await json);
        await SendAsync("POST /chat/stream/{G1}/stop");
    }

    [TestCase("silent")]
    [TestCase("in mid-answer")]
    public async Task Model_timeout(string when)
    {
        Answers("Hi", when == "silent" ? Script.Silent().Stall() : Script.Start().Text("so far").Stall());
        await StartUnreadAsync(when == "silent" ? "analyzing" : "so far");
        Pass(when == "silent" ? TimeSpan.FromMinutes(5) : TimeSpan.FromMinutes(2));
        await SendAsync("GET /chat/stream/{G1}");
        await SendAsync("GET /chat/stream/{G1}\nAccept: application/json");
    }

    [Test]
    public async Task Model_timeout_as_json()
    {
        Answers("Hi", Script.Silent().Stall());
        var json = OpenAsync("POST /chat/stream\nAccept: application/json\n\n{\"message\":\"Hi\"}");
        await AskedAsync();
        Pass(TimeSpan.FromMinutes(5));
        await EndAsync(await json);
    }

    [Test]
    public async Task Interrupted_without_a_reader()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        var stream = await OpenAsync("POST /chat/stream\n\n{\"message\":\"Hi\"}");
        await stream.ReadUntilAsync("so far", Token);
        Learn(stream);
        var unread = Time.NextAsync(AbandonAfter, Token);
        stream.Dispose();
        await unread;
        Time.Advance(AbandonAfter);
        await SendAsync("GET /chat/stream/{G1}");
        await SendAsync("GET /chat/stream/{G1}\nAccept: application/json");
    }

    [Test]
    public async Task Form_that_takes_longer()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        var waits = Time.NextAsync(TimeSpan.FromSeconds(20), Token);
        var form = OpenAsync("POST /chat\nContent-Type: application/x-www-form-urlencoded\n\nmessage=Hi");
        await waits;
        await AskedAsync();
        Time.Advance(TimeSpan.FromSeconds(20));
        await EndAsync(await form);
    }

    [Test]
    public async Task Keep_alive()
    {
        Answers("Hi", Script.Silent().Stall());
        var opened = Time.NextAsync(TimeSpan.FromSeconds(15), Token);
        var stream = await OpenAsync("POST /chat/stream\n\n{\"message\":\"Hi\"}");
        await stream.ReadUntilAsync(".1\n\n", Token);
        Learn(stream);
        await opened;
        Time.Advance(TimeSpan.FromSeconds(15));
        await stream.ReadUntilAsync("\n\n:\n\n", Token);
        await SendAsync("POST /chat/stream/{G1}/stop");
        await EndAsync(stream);
    }

    // No reader is attached meanwhile: it would get comments too, and their number is chance.
    private async Task StartUnreadAsync(string until)
    {
        using var start = await OpenAsync("POST /chat/stream\nPrefer: respond-async\n\n{\"message\":\"Hi\"}");
        await start.ReadToEndAsync(Token);
        Learn(start);
        await AskedAsync();
        using var stream = await OpenAsync("GET /chat/stream/{G1}");
        await stream.ReadUntilAsync(until, Token);
    }

    // Second by second, and some more: a timer that was set late is due late.
    private void Pass(TimeSpan time)
    {
        for (var left = time + TimeSpan.FromSeconds(5); left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
            Time.Advance(TimeSpan.FromSeconds(1));
    }
}
