using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Answers.Starting;

/// <summary>
/// Decides whether a GET without a key, sent again exactly as before, attaches to its predecessor's generation. It does where the
/// predecessor's connection was lost before the answer was read to its end.
/// </summary>
internal sealed partial class IdenticalRequests(
    StartStore store, GenerationRegistry registry, TimeProvider time, ILogger<IdenticalRequests> logger)
{
    /// <summary>
    /// How long a repeat waits for its predecessor's reader to leave. A browser repeats a request at once when a connection that
    /// it had used before is lost, and the repeat may arrive before the server has learned of the loss.
    /// </summary>
    public static readonly TimeSpan LossIsKnownWithin = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether a repeat may attach to this generation now.</summary>
    public bool MayRejoin(Owner owner, string id) =>
        registry.Find(owner, id) is not { } generation
            || (generation.Frames.Unread.IsCompleted && !generation.Frames.WasReadToEnd);

    /// <summary>As <see cref="MayRejoin"/>, after waiting for the predecessor's reader to leave.</summary>
    public async Task<bool> MayRejoinSoonAsync(Owner owner, string id, CancellationToken readerGone)
    {
        try
        {
            if (registry.Find(owner, id) is { } generation)
                await generation.Frames.Unread.WaitAsync(LossIsKnownWithin, time, readerGone);
            return MayRejoin(owner, id);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>What to do when a reader has read the answer to its end: a later identical request is then a new start.</summary>
    /// <returns>Null where the start had a key of its own.</returns>
    public Action? ForgetWhenRead(Owner owner, RepeatKey? key, string id) =>
        key is { IsIdenticalRequest: true } ? () => _ = Task.Run(() => ForgetAsync(owner, key, id)) : null;

    private async Task ForgetAsync(Owner owner, RepeatKey key, string id)
    {
        try
        {
            await store.ForgetAsync(owner, key, id);
        }
        catch (Exception fault)
        {
            Log.NotForgotten(logger, fault);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "The key of a start that was read to its end could not be removed.")]
        public static partial void NotForgotten(ILogger logger, Exception fault);
    }
}
