using System.Collections.Concurrent;
using System.Diagnostics;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>Notes the SQL that the code of one test sends to PostgreSQL, with EF and without.</summary>
internal sealed class PostgresCommands : IDisposable
{
    private readonly ConcurrentQueue<string> _texts = new();
    private readonly ActivityListener _listener;
    private readonly Activity _root;

    public PostgresCommands()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = Note,
        };
        ActivitySource.AddActivityListener(_listener);
        // Tests run side by side. What this one sends has its trace.
        _root = new Activity("test").Start();
    }

    public IReadOnlyCollection<string> Texts => _texts;

    public void Dispose()
    {
        _root.Dispose();
        _listener.Dispose();
    }

    private void Note(Activity activity)
    {
        if (activity.TraceId == _root.TraceId
            && activity.TagObjects.FirstOrDefault(tag => tag.Key is "db.query.text" or "db.statement").Value is string text)
            _texts.Enqueue(text);
    }
}
