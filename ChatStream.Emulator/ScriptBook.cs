namespace ChatStream.Emulator;

/// <summary>Finds the script for a request. Choosers come first, then the queue, then the default.</summary>
internal sealed class ScriptBook
{
    private readonly Lock _lock = new();
    private readonly List<Func<EmulatedRequest, Script?>> _choosers = [];
    private readonly Queue<Script> _queue = [];

    public Script Default { get; set; } = Script.Echo();

    public void Enqueue(Script script)
    {
        lock (_lock) _queue.Enqueue(script);
    }

    public void On(Func<EmulatedRequest, Script?> choose)
    {
        lock (_lock) _choosers.Add(choose);
    }

    public Script For(EmulatedRequest request)
    {
        lock (_lock)
        {
            var chosen = _choosers.Select(choose => choose(request)).FirstOrDefault(script => script is not null);
            return chosen ?? (_queue.TryDequeue(out var queued) ? queued : Default);
        }
    }
}
