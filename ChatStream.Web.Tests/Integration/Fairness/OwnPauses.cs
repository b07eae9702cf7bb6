namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>
/// The longest time in which the test's own process stood still, as it does when its memory is collected. A healthy user, who is
/// part of that process, sees such a pause as a gap, although the app sent its frames in time.
/// </summary>
internal sealed class OwnPauses : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(5);

    private readonly ManualResetEventSlim _over = new();
    private readonly Task _beating;

    public OwnPauses() => _beating = Task.Factory.StartNew(
        Watch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public TimeSpan Longest { get; private set; }

    public void Dispose()
    {
        _over.Set();
        _beating.Wait();
        _over.Dispose();
    }

    private void Watch()
    {
        var last = TimeProvider.System.GetTimestamp();
        while (!_over.Wait(Beat))
        {
            var passed = TimeProvider.System.GetElapsedTime(last);
            if (passed > Longest)
                Longest = passed;
            last = TimeProvider.System.GetTimestamp();
        }
    }
}
