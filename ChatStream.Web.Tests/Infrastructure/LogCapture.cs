using Microsoft.Extensions.Logging;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>What the app logs, for tests that wait for a line or assert that there is one.</summary>
internal sealed class LogCapture : ILoggerProvider
{
    private readonly Lock _gate = new();
    private readonly List<Line> _lines = [];
    private readonly List<(Func<Line, bool> IsMeant, TaskCompletionSource<Line> Found)> _waiting = [];

    public IReadOnlyList<Line> Lines
    {
        get { lock (_gate) return [.. _lines]; }
    }

    /// <summary>The first matching line, past or future.</summary>
    public Task<Line> LineAsync(Func<Line, bool> isMeant, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_lines.FirstOrDefault(isMeant) is { } line)
                return Task.FromResult(line);
            var found = new TaskCompletionSource<Line>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((isMeant, found));
            return found.Task.WaitAsync(cancellationToken);
        }
    }

    public void Clear()
    {
        lock (_gate)
            _lines.Clear();
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private void Add(Line line)
    {
        lock (_gate)
        {
            _lines.Add(line);
            foreach (var (_, found) in _waiting.Where(waiting => waiting.IsMeant(line)))
                found.TrySetResult(line);
        }
    }

    internal sealed record Line(string Category, LogLevel Level, string Text);

    private sealed class Logger(LogCapture capture, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            capture.Add(new Line(category, logLevel, formatter(state, exception)));
    }
}
