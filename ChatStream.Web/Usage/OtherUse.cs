using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Telemetry;

namespace ChatStream.Web.Usage;

/// <summary>Counts what a model was asked for a user without an answer that is stored: a summary, or a title.</summary>
internal sealed partial class OtherUse(IChatDatabase database, TimeProvider time, ILogger<OtherUse> logger)
{
    /// <summary>
    /// Adds it to the sums of the user's day, and to the metrics. Never throws: what was asked for is there all the same.
    /// </summary>
    /// <param name="owner">The user.</param>
    /// <param name="model">The model's name in the catalogue.</param>
    /// <param name="used">What it used.</param>
    /// <param name="isAnswer">Whether it counts as an answer in budgets, because the user asked for it.</param>
    public async Task AddAsync(Owner owner, string model, UsagePayload used, bool isAnswer)
    {
        ChatMeter.Used(model, used);
        try
        {
            await database.WriteAsync(owner, async db =>
            {
                await UsageTally.AddUseAsync(db, owner.Id, model, used, isAnswer, time.GetUtcNow());
                return true;
            });
        }
        catch (StorageException fault)
        {
            Log.NotCounted(logger, fault);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "What a summary or a title used could not be counted.")]
        public static partial void NotCounted(ILogger logger, Exception fault);
    }
}
