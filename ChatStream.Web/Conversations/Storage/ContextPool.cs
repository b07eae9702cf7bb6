using ChatStream.Web.Contract;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace ChatStream.Web.Conversations.Storage;

/// <summary>
/// Contexts that are used again: making one, with the services behind it, costs as much as what most of them are made for.
/// Disposing one gives it back.
/// </summary>
internal sealed class ContextPool<TContext> where TContext : ChatDbContext
{
    /// <summary>Of those that are not in use: a context keeps tens of kilobytes.</summary>
    private const int MostKept = 64;

    private readonly PooledDbContextFactory<TContext> _contexts;

    public ContextPool(Action<DbContextOptionsBuilder<TContext>> configure)
    {
        var builder = new DbContextOptionsBuilder<TContext>();
        configure(builder);
        _contexts = new PooledDbContextFactory<TContext>(builder.Options, MostKept);
    }

    public TContext LendTo(Owner owner)
    {
        var context = _contexts.CreateDbContext();
        context.ShowTo(owner);
        return context;
    }
}
