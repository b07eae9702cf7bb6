namespace ChatStream.Web.Tools.Mcp;

/// <summary>
/// Whether answers wait for a server that is being connected. One that has not answered in its time is waited for no more, until
/// it has answered. The connections of several users to one server share it. Thread-safe.
/// </summary>
internal sealed class McpPatience
{
    private bool _isOver;

    public bool IsOver => Volatile.Read(ref _isOver);

    /// <returns>False: it was over before.</returns>
    public bool TryEnd() => !Interlocked.Exchange(ref _isOver, true);

    /// <summary>The server has answered.</summary>
    public void Renew() => Volatile.Write(ref _isOver, false);
}
