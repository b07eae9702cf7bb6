using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>A database that does not take one write of an owner, or does not say that it has taken it.</summary>
/// <param name="inner">The database.</param>
/// <param name="failing">The owner.</param>
/// <param name="number">Of the owner's write, from 1 on.</param>
/// <param name="isCommitted">Whether the write is committed all the same.</param>
internal sealed class FailingDatabase(IChatDatabase inner, Owner failing, int number, bool isCommitted = false) : IChatDatabase
{
    private int _writes;

    public Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public ChatDbContext ReadAs(Owner owner) => inner.ReadAs(owner);

    public async Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work)
    {
        if (owner != failing || Interlocked.Increment(ref _writes) != number)
            return await inner.WriteAsync(owner, work);
        if (isCommitted)
            await inner.WriteAsync(owner, work);
        throw new StorageException(new IOException("No answer")) { IsUnknown = isCommitted };
    }
}
