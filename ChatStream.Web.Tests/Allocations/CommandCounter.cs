using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ChatStream.Web.Tests.Allocations;

/// <summary>Counts the commands that Entity Framework sends to any database in this process, savepoints among them.</summary>
internal sealed class CommandCounter : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly List<IDisposable> _subscriptions = [];

    public CommandCounter() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    public int Count => _commands.Count;

    /// <summary>The commands, each kind once, with how often it came.</summary>
    public IEnumerable<string> Kinds => _commands.GroupBy(c => c).Select(g => $"{g.Count()} × {g.Key}");

    public void OnNext(DiagnosticListener listener)
    {
        if (listener.Name == "Microsoft.EntityFrameworkCore")
            _subscriptions.Add(listener.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> entry)
    {
        if (entry.Value is CommandExecutedEventData data)
            _commands.Enqueue(data.Command.CommandText.ReplaceLineEndings(" ")[..Math.Min(90, data.Command.CommandText.Length)]);
        else if (entry.Key == RelationalEventId.CreatedTransactionSavepoint.Name)
            _commands.Enqueue("SAVEPOINT");
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());
}
