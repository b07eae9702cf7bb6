namespace ChatStream.Web.Conversations;

/// <summary>
/// Runs work that blocks or takes long on a thread of its own. The pool's threads read all streams, and a small machine has one
/// or two of them.
/// </summary>
internal static class OwnThread
{
    public static Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) => Task.Factory.StartNew(
        work, cancellationToken, TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously,
        TaskScheduler.Default);
}
