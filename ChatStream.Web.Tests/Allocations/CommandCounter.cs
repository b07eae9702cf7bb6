using System.Collections.Concurrent;
using System.Diagnostics;
using ChatStream.Web.Answers.Keeping;

namespace ChatStream.Web.Tests.Allocations;

/// <summary>
/// Counts the commands that this process sends to PostgreSQL. Those of the checkpoints and of the watch over what runs do not
/// count, because their number depends on the clock.
/// </summary>
internal sealed class CommandCounter : IDisposable
{
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly ActivityListener _listener;

    public CommandCounter()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = Count,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>How often each command was sent, by its text.</summary>
    public IReadOnlyDictionary<string, int> Kinds => _commands
        .GroupBy(command => command).ToDictionary(kind => kind.Key, kind => kind.Count());

    public void Dispose() => _listener.Dispose();

    private void Count(Activity activity)
    {
        if (activity.TagObjects.FirstOrDefault(tag => tag.Key is "db.query.text" or "db.statement").Value is string text
            && !text.Contains("Checkpoints", StringComparison.Ordinal)
            && !text.StartsWith($"-- {Orphans.Tag}", StringComparison.Ordinal))
            _commands.Enqueue(text.ReplaceLineEndings(" "));
    }
}
