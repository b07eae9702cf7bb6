using System.Diagnostics;
using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

internal sealed class EmulatorRequestEndTests : EmulatorTest
{
    [Test]
    public async Task An_answer_that_was_written_in_full_is_completed()
    {
        await BodyOfAsync(Script.Answer("a"));

        Assert.That((await EndOfAsync(0)).Outcome, Is.EqualTo(RequestOutcome.Completed));
    }

    [Test, Repeat(20)]
    public async Task A_client_that_closes_after_done_has_the_whole_answer()
    {
        Emulator.Enqueue(Script.Answer("a"));
        using (var client = await RawAsync()) await client.ReadUntilAsync("[DONE]", Token);

        Assert.That((await EndOfAsync(Emulator.Requests.Count - 1)).Outcome, Is.EqualTo(RequestOutcome.Completed));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_close_is_seen_while_the_script_waits(bool stream)
    {
        var gate = new Gate();
        Emulator.Enqueue(Script.Start().Text("a").Wait(gate).Text("b"));
        var client = await RawAsync(stream);
        await gate.Reached.WaitAsync(Token);

        var closed = Stopwatch.GetTimestamp();
        client.Dispose();
        var end = await EndOfAsync(0);

        Assert.That(end.Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        Assert.That(end.Timestamp, Is.GreaterThanOrEqualTo(closed));
    }

    [Test]
    public async Task A_close_is_seen_before_any_headers()
    {
        var gate = new Gate();
        Emulator.Enqueue(Script.Answer("a").HoldHeaders(gate));
        var client = await RawAsync();
        await gate.Reached.WaitAsync(Token);

        client.Dispose();

        Assert.That((await EndOfAsync(0)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    public async Task A_close_is_seen_while_the_script_stalls()
    {
        Emulator.Enqueue(Script.Start().Text("stalled").Stall());
        var client = await RawAsync();
        await client.ReadUntilAsync("stalled", Token);

        client.Dispose();

        Assert.That((await EndOfAsync(0)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    public async Task A_close_is_seen_while_a_delay_runs()
    {
        Emulator.Enqueue(Script.Start().Delay(TimeSpan.FromDays(1)));
        var client = await RawAsync();
        await Time.Awaited.WaitAsync(Token);

        client.Dispose();

        Assert.That((await EndOfAsync(0)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    public async Task A_close_is_seen_while_a_write_waits_for_it()
    {
        Emulator.Enqueue(Script.Start().Giant(16 << 20).Text("never"));
        var client = await RawAsync();
        await client.ReadUntilAsync("xxx", Token);

        client.Dispose();

        Assert.That((await EndOfAsync(0)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        Assert.That(Emulator.Requests[0].EventsWritten, Is.EqualTo(2));
    }

    [Test]
    public async Task A_close_is_seen_after_done()
    {
        Emulator.Enqueue(Script.Answer("a").HoldAfterDone());
        var client = await RawAsync();
        await client.ReadUntilAsync("[DONE]", Token);

        client.Dispose();

        Assert.That((await EndOfAsync(0)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_break_by_the_script_ends_the_request_as_cut(bool reset)
    {
        var script = Script.Start().Text("a");
        Emulator.Enqueue(reset ? script.Reset() : script.Cut());

        using var client = await RawAsync();

        Assert.That((await EndOfAsync(0)).Outcome, Is.EqualTo(RequestOutcome.Cut));
        Assert.That(Emulator.Requests[0].EventsWritten, Is.EqualTo(3));
    }

    [Test]
    public async Task A_stop_of_the_emulator_cuts_running_requests()
    {
        Emulator.Enqueue(Script.Start().Stall());
        using var client = await RawAsync();
        await Emulator.RequestAsync(0, Token);

        await Emulator.DisposeAsync();

        Assert.That((await EndOfAsync(0)).Outcome, Is.EqualTo(RequestOutcome.Cut));
    }
}
