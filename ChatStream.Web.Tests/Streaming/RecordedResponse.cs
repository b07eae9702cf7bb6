using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Features;

namespace ChatStream.Web.Tests.Streaming;

/// <summary>A response body that records each flush. It can hold a flush back, as a full socket does.</summary>
internal sealed class RecordedResponse : PipeWriter, IHttpResponseBodyFeature, IHttpRequestLifetimeFeature, IDisposable
{
    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly Channel<string> _flushes = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _aborted = new();
    private TaskCompletionSource<FlushResult>? _blocked;

    public RecordedResponse() => RequestAborted = _aborted.Token;

    public int Flushes { get; private set; }

    public bool IsBuffered { get; private set; } = true;

    public CancellationToken RequestAborted { get; set; }

    public bool WasAborted { get; private set; }

    /// <summary>The text of the next flush.</summary>
    public async Task<string> NextAsync(CancellationToken cancellationToken) =>
        await _flushes.Reader.ReadAsync(cancellationToken);

    /// <summary>The texts of the flushes that were not returned yet.</summary>
    public IReadOnlyList<string> Taken()
    {
        var taken = new List<string>();
        while (_flushes.Reader.TryRead(out var flush))
            taken.Add(flush);
        return taken;
    }

    /// <summary>From now on a flush waits until it is released or cancelled.</summary>
    public void Block() => _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release(bool clientHasClosed = false)
    {
        var blocked = _blocked!;
        _blocked = null;
        blocked.SetResult(new FlushResult(isCanceled: false, isCompleted: clientHasClosed));
    }

    public void Fail(Exception fault) => _blocked!.SetException(fault);

    /// <summary>The client disconnects.</summary>
    public void Leave() => _aborted.Cancel();

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Flushes++;
        await _flushes.Writer.WriteAsync(Encoding.UTF8.GetString(_pending.WrittenSpan), CancellationToken.None);
        _pending.ResetWrittenCount();
        return _blocked is { } blocked ? await blocked.Task.WaitAsync(cancellationToken) : default;
    }

    void IHttpRequestLifetimeFeature.Abort()
    {
        WasAborted = true;
        _aborted.Cancel();
    }

    void IHttpResponseBodyFeature.DisableBuffering() => IsBuffered = false;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _pending.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _pending.GetSpan(sizeHint);

    public override void Advance(int bytes) => _pending.Advance(bytes);

    public override void CancelPendingFlush() => throw new NotSupportedException();

    public override void Complete(Exception? exception = null)
    {
    }

    PipeWriter IHttpResponseBodyFeature.Writer => this;

    Stream IHttpResponseBodyFeature.Stream => throw new NotSupportedException("Frames are written to the pipe.");

    Task IHttpResponseBodyFeature.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHttpResponseBodyFeature.CompleteAsync() => Task.CompletedTask;

    Task IHttpResponseBodyFeature.SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public void Dispose() => _aborted.Dispose();
}
