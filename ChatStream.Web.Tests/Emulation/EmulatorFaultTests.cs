using System.Net;
using System.Net.Sockets;
using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

/// <summary>The faults, as a client sees them.</summary>
internal sealed class EmulatorFaultTests : EmulatorTest
{
    [Test]
    public async Task A_cut_ends_the_connection_but_not_the_response()
    {
        Emulator.Enqueue(Script.Start().Text("kept").Cut());
        using var client = await RawAsync();

        await client.ReadToEndAsync(Token);

        Assert.That(client.Received, Does.Contain("kept"));
        Assert.That(client.Received, Does.Not.EndWith(RawClient.FinalChunk));
    }

    [Test]
    public async Task An_http_client_sees_a_cut_as_a_premature_end()
    {
        Emulator.Enqueue(Script.Start().Text("kept").Cut());
        using var response = await PostAsync(Asking("Hello"));

        var failure = Assert.CatchAsync(() => response.Content.ReadAsStringAsync(Token))?.GetBaseException();

        Assert.That(failure, Is.TypeOf<HttpIOException>());
        Assert.That(((HttpIOException)failure!).HttpRequestError, Is.EqualTo(HttpRequestError.ResponseEnded));
    }

    [Test, Repeat(20)]
    public async Task A_reset_is_econnreset_after_the_bytes_before_it()
    {
        Emulator.Enqueue(Script.Start().Text("kept").Reset());
        using var client = await RawAsync();

        var failure = Assert.ThrowsAsync<SocketException>(() => client.ReadToEndAsync(Token));

        Assert.That(failure!.SocketErrorCode, Is.EqualTo(SocketError.ConnectionReset));
        Assert.That(client.Received, Does.Contain("kept"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_connection_can_break_before_any_headers(bool reset)
    {
        Emulator.Enqueue(reset ? Script.Silent().Reset() : Script.Silent().Cut());

        Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(Asking("Hello")));
    }

    [Test]
    public async Task Headers_can_be_held_back()
    {
        var gate = new Gate();
        Emulator.Enqueue(Script.Answer("a").HoldHeaders(gate));
        using var client = await RawAsync();
        await gate.Reached.WaitAsync(Token);

        var read = client.ReadAsync(Token);
        Assert.That(read.IsCompleted, Is.False);
        gate.Open();

        Assert.That(await read);
        Assert.That(client.Received, Does.StartWith("HTTP/1.1 200 OK\r\n"));
    }

    [Test]
    public async Task Headers_can_be_delayed()
    {
        Emulator.Enqueue(Script.Answer("a").DelayHeaders(TimeSpan.FromMinutes(1)));
        var response = PostAsync(Asking("Hello"));
        await Time.Awaited.WaitAsync(Token);
        Assert.That(response.IsCompleted, Is.False);

        Time.Advance(TimeSpan.FromMinutes(1));

        using var answered = await response;
        Assert.That(answered.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Headers_can_come_long_before_the_first_event()
    {
        Emulator.Enqueue(Script.HeadersOnly().Stall());

        using var response = await PostAsync(Asking("Hello"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task The_connection_can_stay_open_after_done()
    {
        Emulator.Enqueue(Script.Answer("a").HoldAfterDone());
        using var client = await RawAsync();

        await client.ReadUntilAsync("data: [DONE]\n\n\r\n", Token);

        var request = await Emulator.RequestAsync(0, Token);
        Assert.That(client.Received, Does.EndWith("data: [DONE]\n\n\r\n"));
        Assert.That(request.Ended.IsCompleted, Is.False);
    }

    [Test]
    public async Task An_event_can_be_malformed()
    {
        var body = await BodyOfAsync(Script.HeadersOnly().Malformed());

        Assert.That(body, Is.EqualTo("data: {\"choices\":[{\"delta\":{\"content\":\"br\n\n"));
    }

    [Test]
    public async Task An_event_can_be_giant()
    {
        Assert.That(await BodyOfAsync(Script.HeadersOnly().Giant(3_000_000)), Has.Length.InRange(3_000_000, 3_001_000));
    }

    [Test]
    public async Task An_error_can_come_in_the_stream()
    {
        var body = await BodyOfAsync(Script.HeadersOnly().ErrorEvent("server_error", "It \"broke\".").Done());

        Assert.That(body, Is.EqualTo("""
            data: {"error":{"message":"It \"broke\".","type":"server_error","param":null,"code":"server_error"}}

            data: [DONE]


            """));
    }

    [TestCase(200)]
    [TestCase(502)]
    public async Task A_page_can_come_instead_of_an_answer(int status)
    {
        Emulator.Enqueue(Script.Page(status, "<h1>Hm</h1>"));

        using var response = await PostAsync(Asking("Hello"));

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/html"));
        Assert.That(await response.Content.ReadAsStringAsync(Token), Is.EqualTo("<h1>Hm</h1>"));
    }

    [Test]
    public async Task An_event_stream_can_have_another_content_type()
    {
        Emulator.Enqueue(Script.Answer("a").ContentType("application/json"));

        using var response = await PostAsync(Asking("Hello"));

        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
    }

    [Test]
    public void A_refusing_endpoint_refuses()
    {
        using var client = new HttpClient();

        var failure = Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(EmulatorServer.RefusingEndpoint(), Token));

        Assert.That((failure!.InnerException as SocketException)?.SocketErrorCode, Is.EqualTo(SocketError.ConnectionRefused));
    }
}
