namespace ChatStream.Web.Tools.Mcp;

/// <summary>How many bytes a server may send for now. Several streams may share it. Thread-safe.</summary>
internal sealed class ByteAllowance(long most)
{
    private long _taken;

    /// <summary>All of it may be sent again.</summary>
    public void Renew() => Interlocked.Exchange(ref _taken, 0);

    /// <summary>It counts no longer.</summary>
    public void End() => Interlocked.Exchange(ref _taken, long.MinValue);

    /// <returns>False: it is used up.</returns>
    public bool TryTake(int bytes) => Interlocked.Add(ref _taken, bytes) <= most;
}
