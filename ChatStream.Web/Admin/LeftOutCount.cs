using ChatStream.Web.Contract;

namespace ChatStream.Web.Admin;

/// <summary>How many entries of a user and an action were left out, and the row that says so.</summary>
internal sealed class LeftOutCount(AuditAction action)
{
    private readonly TaskCompletionSource<long?> _row = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AuditAction Action => action;

    /// <summary>Changes only as long as <see cref="LeftOutEntries"/> has it.</summary>
    public int Count { get; set; } = 1;

    /// <summary>The number of the row, once it is added; null: it could not be.</summary>
    public Task<long?> Row => _row.Task;

    public async Task AddRowAsync(Func<Task<long?>> add)
    {
        long? row = null;
        try
        {
            row = await add();
        }
        finally
        {
            _row.SetResult(row);
        }
    }
}
