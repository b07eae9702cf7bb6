using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

/// <summary>A client on a real socket that reads nothing. It gets only the bytes that the kernel buffers for it.</summary>
[CancelAfter(60_000)]
internal sealed class StalledReaderTests
{
    private const string Key = "a-key-of-a-program";
    private const int Updates = 40, UpdateLength = 100_000; // nearly the 4 MB that an answer may have

    [Test]
    public async Task A_socket_that_takes_nothing_is_closed_while_the_answer_goes_on()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var model = new LongAnswer();
        await using var app = await ChatApp.StartAsync(setup =>
        {
            setup.Settings["Api:Keys:0:Name"] = "program";
            setup.Settings["Api:Keys:0:Key"] = Key;
            setup.Services = services => services.AddSingleton<TimeProvider>(time).AddSingleton<IChatClient>(model);
        });

        using var stalled = await StartWithoutReadingAsync(app.Address);
        await model.AllSent.WaitAsync(Token);
        var generation = app.Services.GetRequiredService<GenerationRegistry>().Running.Single();
        Assert.That(generation.Frames.HasReaders, Is.True);
        while (generation.Frames.HasReaders)
        {
            Token.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.That(generation.Ended.IsCompleted, Is.False, "the answer goes on");

        model.Finish();
        using var user = app.NewUser();
        user.Http.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        await using var healthy = await user.AttachAsync(generation.Id, cancellationToken: Token);
        await healthy.ToEndAsync();
        Assert.That(healthy.Text, Has.Length.EqualTo(Updates * UpdateLength));
        Assert.That(healthy.Frames[^1].Data, Is.EqualTo("stopped"));
        Assert.That(await CountAsync(stalled), Is.LessThan(Updates * UpdateLength));
    }

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    private static async Task<Socket> StartWithoutReadingAsync(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 64 * 1024 };
        await socket.ConnectAsync(address.Host, address.Port, Token);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /chat/stream?message=Hi HTTP/1.1\r\nHost: {address.Authority}\r\nAccept: text/event-stream\r\n"
            + $"Authorization: Bearer {Key}\r\n\r\n"), Token);
        return socket;
    }

    private static async Task<long> CountAsync(Socket socket)
    {
        var (buffer, count) = (new byte[256 * 1024], 0L);
        try
        {
            while (await socket.ReceiveAsync(buffer, Token) is > 0 and var read)
                count += read;
        }
        catch (SocketException)
        {
            // The connection was reset, and the bytes that the kernel still had are lost.
        }
        return count;
    }

    private sealed class LongAnswer : IChatClient
    {
        private readonly TaskCompletionSource _allSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task AllSent => _allSent.Task;

        public void Finish() => _finish.SetResult();

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var update = string.Concat(Enumerable.Repeat("word ", UpdateLength / 5));
            for (var i = 0; i < Updates; i++)
                yield return new ChatResponseUpdate(ChatRole.Assistant, update);
            _allSent.SetResult();
            await _finish.Task.WaitAsync(cancellationToken);
            yield return new ChatResponseUpdate(ChatRole.Assistant, []) { FinishReason = ChatFinishReason.Stop };
        }

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
