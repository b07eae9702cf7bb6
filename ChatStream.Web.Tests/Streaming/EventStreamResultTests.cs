using System.Buffers;
using ChatStream.Web.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

[CancelAfter(20_000)]
internal sealed class EventStreamResultTests
{
    private const string A = "data: {\"text\":\"a\"}\nid: g.0\n\n";
    private const string B = "data: {\"text\":\"b\"}\nid: g.1\n\n";
    private const string C = "data: {\"text\":\"c\"}\nid: g.2\n\n";

    private FakeTimeProvider _time;
    private FrameLog _log;
    private RecordedResponse _response;
    private ServiceProvider _services;

    [SetUp]
    public void Open()
    {
        _time = new FakeTimeProvider();
        _log = new FrameLog("g.", MemoryPool<byte>.Shared);
        _response = new RecordedResponse();
        _services = new ServiceCollection().AddOptions().AddSingleton<TimeProvider>(_time).BuildServiceProvider();
    }

    [TearDown]
    public void Close()
    {
        _response.Dispose();
        _services.Dispose();
    }

    [Test]
    public async Task The_headers_are_those_of_the_contract_and_buffering_is_off()
    {
        _log.Complete();
        var http = Http(_response);
        await Result(_response).ExecuteResultAsync(new ActionContext { HttpContext = http });

        Assert.That(http.Response.StatusCode, Is.EqualTo(200));
        Assert.That(http.Response.Headers.Select(header => $"{header.Key}: {header.Value}"), Is.EquivalentTo(new[]
        {
            "Content-Type: text/event-stream",
            "Cache-Control: no-cache, no-store, no-transform",
            "X-Accel-Buffering: no",
            "Incremental: ?1",
        }));
        Assert.That(_response.IsBuffered, Is.False);
    }

    [Test]
    public async Task Pending_frames_go_out_in_one_flush()
    {
        _log.AppendText("a");
        _log.AppendText("b");
        _log.AppendText("c");
        _log.Complete();
        await ExecuteAsync();

        Assert.That(_response.Taken(), Is.EqualTo(new[] { A + B + C }));
        Assert.That(_log.WasReadToEnd, Is.True);
        Assert.That(_log.HasReaders, Is.False, "the reader is disposed");
    }

    [Test]
    public async Task Each_frame_goes_out_as_it_comes()
    {
        _log.AppendText("a");
        var ending = ExecuteAsync();
        Assert.That(_response.Taken(), Is.EqualTo(new[] { A }), "at once");

        _log.AppendText("b");
        Assert.That(await _response.NextAsync(Token), Is.EqualTo(B));
        _log.AppendText("c");
        Assert.That(await _response.NextAsync(Token), Is.EqualTo(C));
        Assert.That(ending.IsCompleted, Is.False);
        _log.Complete();
        await ending.WaitAsync(Token);

        Assert.That(_response.Flushes, Is.EqualTo(3));
    }

    [Test]
    public async Task Frames_that_come_during_a_write_go_out_together()
    {
        _response.Block();
        _log.AppendText("a");
        var ending = ExecuteAsync();
        Assert.That(await _response.NextAsync(Token), Is.EqualTo(A));
        _log.AppendText("b");
        _log.AppendText("c");
        _log.Complete();
        _response.Release();
        await ending.WaitAsync(Token);

        Assert.That(_response.Taken(), Is.EqualTo(new[] { B + C }));
    }

    [Test]
    public async Task A_long_answer_goes_out_in_several_writes()
    {
        for (var n = 0; n < 100; n++)
            _log.AppendText(new string('x', 1000));
        _log.Complete();
        await ExecuteAsync();

        var writes = _response.Taken();
        Assert.That(string.Concat(writes) == _log.All(), Is.True);
        Assert.That(writes, Has.All.Length.LessThanOrEqualTo(32 * 1024));
        Assert.That(writes, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task Silence_is_filled_with_comments()
    {
        _log.AppendText("a");
        var ending = ExecuteAsync();
        _time.Advance(TimeSpan.FromSeconds(14.999));
        _log.AppendText("b");
        var (first, second) = (await _response.NextAsync(Token), await _response.NextAsync(Token));
        Assert.That((first, second), Is.EqualTo((A, B)), "without a comment between them");

        while (_response.Flushes < 3)
        {
            Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.That(await _response.NextAsync(Token), Is.EqualTo(":\n\n"));
        _log.Complete();
        await ending.WaitAsync(Token);
    }

    [Test]
    public async Task A_stream_without_frames_sends_its_headers_at_once_and_then_comments()
    {
        var ending = ExecuteAsync();
        Assert.That(_response.Taken(), Is.EqualTo(new[] { "" }), "only the headers are flushed");
        _time.Advance(TimeSpan.FromSeconds(15));

        Assert.That(await _response.NextAsync(Token), Is.EqualTo(":\n\n"));
        _log.Complete();
        await ending.WaitAsync(Token);
    }

    [Test]
    public async Task Only_the_client_that_takes_nothing_for_30_seconds_is_cut_off()
    {
        using var other = new RecordedResponse();
        _response.Block();
        _log.AppendText("a");
        var stalled = ExecuteAsync();
        var healthy = ExecuteAsync(other);

        _time.Advance(TimeSpan.FromSeconds(15));
        _time.Advance(TimeSpan.FromSeconds(14.9));
        Assert.That(_response.WasAborted, Is.False);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.That(_response.WasAborted, Is.True);
        await stalled.WaitAsync(Token);
        Assert.That(_log.WasReadToEnd, Is.False);

        _log.AppendText("b");
        _log.Complete();
        await healthy.WaitAsync(Token);
        Assert.That(other.WasAborted, Is.False);
        Assert.That(string.Concat(other.Taken()).Replace(":\n\n", "", StringComparison.Ordinal), Is.EqualTo(A + B));
    }

    [Test]
    public async Task A_disconnect_during_silence_ends_the_response_quietly()
    {
        _log.AppendText("a");
        var ending = ExecuteAsync();
        _response.Leave();
        await ending.WaitAsync(Token);

        Assert.That((_log.HasReaders, _log.WasReadToEnd), Is.EqualTo((false, false)));
    }

    [Test]
    public async Task A_disconnect_during_a_write_ends_the_response_quietly()
    {
        _response.Block();
        _log.AppendText("a");
        _log.Complete();
        var ending = ExecuteAsync();
        _response.Leave();
        await ending.WaitAsync(Token);

        Assert.That((_log.HasReaders, _log.WasReadToEnd), Is.EqualTo((false, false)), "the write was not completed");
    }

    [Test]
    public async Task A_connection_that_closed_during_a_write_gets_nothing_more()
    {
        _response.Block();
        _log.AppendText("a");
        _log.Complete();
        var ending = ExecuteAsync();
        _response.Release(clientHasClosed: true);
        await ending.WaitAsync(Token);

        Assert.That((_log.HasReaders, _log.WasReadToEnd), Is.EqualTo((false, false)));
    }

    [Test]
    public void A_fault_of_the_server_is_not_treated_as_a_disconnect()
    {
        _response.Block();
        _log.AppendText("a");
        var ending = ExecuteAsync();
        _response.Fail(new InvalidOperationException("broken"));

        Assert.That(() => ending.WaitAsync(Token), Throws.InvalidOperationException);
        Assert.That(_log.HasReaders, Is.False);
    }

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    private Task ExecuteAsync(RecordedResponse? response = null) =>
        Result(response ?? _response).ExecuteResultAsync(new ActionContext { HttpContext = Http(response ?? _response) });

    private EventStreamResult Result(RecordedResponse response) => new(_log.OpenReader(0, response.RequestAborted));

    private DefaultHttpContext Http(RecordedResponse response)
    {
        var http = new DefaultHttpContext { RequestServices = _services };
        http.Features.Set<IHttpResponseBodyFeature>(response);
        http.Features.Set<IHttpRequestLifetimeFeature>(response);
        return http;
    }
}
