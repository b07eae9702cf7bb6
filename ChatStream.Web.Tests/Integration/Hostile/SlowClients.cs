using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Hostile;

/// <summary>Connections that do little for a long time: they read or send a byte a second, or only wait.</summary>
internal sealed class SlowClients(ChatClient user) : IDisposable
{
    private readonly List<RawConnection> _reading = [];
    private readonly List<RawConnection> _sending = [];
    private readonly List<RawConnection> _waiting = [];

    public int Count => _reading.Count + _sending.Count + _waiting.Count;

    /// <summary>They read a running answer.</summary>
    public Task ReadSlowlyAsync(string generationId, int count, CancellationToken timeout) =>
        AttachAsync(_reading, generationId, count, receiveBuffer: 4096, timeout);

    /// <summary>They wait for the next word of a running answer.</summary>
    public Task WaitAsync(string generationId, int count, CancellationToken timeout) =>
        AttachAsync(_waiting, generationId, count, receiveBuffer: 4096, timeout);

    /// <summary>They begin a request, and never end it.</summary>
    public async Task BeginAsync(int count, CancellationToken timeout)
    {
        var address = user.Http.BaseAddress!;
        for (var i = 0; i < count; i++)
        {
            _sending.Add(await RawConnection.OpenAsync(address, receiveBuffer: null, timeout));
            await _sending[^1].SendAsync($"GET / HTTP/1.1\r\nHost: {address.Authority}\r\nX-Slow: ", timeout);
        }
    }

    /// <summary>Each does its byte, a second after the one before.</summary>
    public async Task DripAsync(int seconds, CancellationToken timeout)
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var i = 0; i < seconds; i++)
        {
            await second.WaitForNextTickAsync(timeout);
            await Task.WhenAll((Task[])
            [
                .. _reading.Select(client => client.ReadByteAsync(timeout)),
                .. _sending.Select(client => client.SendAsync("x", timeout)),
            ]);
        }
    }

    /// <summary>What the server said to those that never end their request.</summary>
    public Task<string[]> SaidToSendersAsync(CancellationToken timeout) =>
        Task.WhenAll(_sending.Select(client => client.ReadUntilAsync("\r\n", timeout)));

    public void Dispose()
    {
        foreach (var client in _reading.Concat(_sending).Concat(_waiting))
            client.Dispose();
    }

    private async Task AttachAsync(
        List<RawConnection> clients, string generationId, int count, int receiveBuffer, CancellationToken timeout)
    {
        for (var i = 0; i < count; i++)
        {
            clients.Add(await RawConnection.GetAsync(user, $"/chat/stream/{generationId}", timeout, receiveBuffer));
            // Until the first byte of the answer, it may still be refused.
            await clients[^1].ReadByteAsync(timeout);
        }
    }
}
