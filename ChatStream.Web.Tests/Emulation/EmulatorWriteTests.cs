using System.Text;
using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

/// <summary>How events are divided into writes. Each HTTP chunk on the socket is one write.</summary>
internal sealed class EmulatorWriteTests : EmulatorTest
{
    [Test]
    public async Task Each_event_is_a_write_of_its_own()
    {
        var writes = await WritesOfAsync(Script.HeadersOnly().Event("a").Event("b").Done());

        Assert.That(writes, Is.EqualTo(new[] { "data: a\n\n", "data: b\n\n", "data: [DONE]\n\n" }));
    }

    [Test]
    public async Task The_response_ends_in_the_write_of_done()
    {
        Emulator.Enqueue(Script.HeadersOnly().Event("a").Done());
        using var client = await RawAsync();

        await client.ReadUntilAsync("[DONE]", Token);

        Assert.That(client.Received, Does.EndWith($"[DONE]\n\n{RawClient.FinalChunk}"));
    }

    [Test]
    public async Task Events_can_go_out_together()
    {
        var writes = await WritesOfAsync(Script.HeadersOnly().Event("a").Event("b").Event("c").Done().WriteEventsTogether(3));

        Assert.That(writes, Is.EqualTo(new[] { "data: a\n\ndata: b\n\ndata: c\n\n", "data: [DONE]\n\n" }));
    }

    [Test]
    public async Task Events_that_go_out_together_go_out_before_a_wait()
    {
        var gate = new Gate();
        Emulator.Enqueue(Script.HeadersOnly().Event("a").Event("b").Wait(gate).Event("c").WriteEventsTogether());
        using var client = await RawAsync();

        await client.ReadUntilAsync("data: b\n\n", Token);
        gate.Open();
        await client.ReadUntilAsync(RawClient.FinalChunk, Token);

        Assert.That(client.Chunks(), Is.EqualTo(new[] { "data: a\n\ndata: b\n\n", "data: c\n\n" }));
    }

    [Test]
    public async Task Every_byte_can_be_a_write()
    {
        var writes = await WritesOfAsync(Script.HeadersOnly().Event("é").OneBytePerWrite());

        Assert.That(writes, Has.Count.EqualTo("data: ..\n\n".Length).And.All.Length.EqualTo(1));
    }

    [Test]
    public async Task A_write_can_end_inside_a_character()
    {
        var writes = await WritesOfAsync(Script.HeadersOnly().Event("é€x").SplitInsideUtf8());

        var bytes = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("é€"));
        Assert.That(writes, Is.EqualTo(new[] { "data: " + bytes[0], bytes[1..3], bytes[3..4], bytes[4..] + "x\n\n" }));
    }

    [Test]
    public async Task Lines_can_end_with_crlf()
    {
        var writes = await WritesOfAsync(Script.HeadersOnly().Comment("hm").Event("a").CrlfLineEnds());

        Assert.That(writes, Is.EqualTo(new[] { ": hm\r\n\r\n", "data: a\r\n\r\n" }));
    }

    [Test]
    public async Task Raw_bytes_go_out_as_they_are()
    {
        var writes = await WritesOfAsync(Script.HeadersOnly().Bytes(new byte[] { 0xEF, 0xBB, 0xBF }).Comment("hm").Event("a"));

        Assert.That(writes, Is.EqualTo(new[] { "\u00EF\u00BB\u00BF", ": hm\n\n", "data: a\n\n" }));
    }

    [Test]
    public async Task A_gate_between_tokens_lets_them_out_one_by_one()
    {
        var gate = new Gate();
        Emulator.Enqueue(Script.HeadersOnly().Wait(gate).Event("a").Wait(gate).Event("b"));
        using var client = await RawAsync();
        var request = await Emulator.RequestAsync(0, Token);
        await gate.Reached.WaitAsync(Token);
        Assert.That(request.EventsWritten, Is.Zero);

        gate.LetOne();
        await client.ReadUntilAsync("data: a\n\n", Token);
        Assert.That(client.Received, Does.Not.Contain("data: b"));
        gate.LetOne();
        await client.ReadUntilAsync(RawClient.FinalChunk, Token);

        await request.Ended.WaitAsync(Token);
        Assert.That(request.EventsWritten, Is.EqualTo(2));
    }

    [Test]
    public async Task A_delay_uses_the_emulators_clock()
    {
        Emulator.Enqueue(Script.HeadersOnly().Event("a").Delay(TimeSpan.FromSeconds(3)).Event("b"));
        using var client = await RawAsync();
        await client.ReadUntilAsync("data: a\n\n", Token);
        await Time.Awaited.WaitAsync(Token);

        Time.Advance(TimeSpan.FromSeconds(3));

        await client.ReadUntilAsync("data: b\n\n", Token);
    }

    private async Task<List<string>> WritesOfAsync(Script script)
    {
        Emulator.Enqueue(script);
        using var client = await RawAsync();
        await client.ReadUntilAsync(RawClient.FinalChunk, Token);
        return client.Chunks();
    }
}
