using ChatStream.Web.Contract;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace ChatStream.Web.Storage;

/// <summary>
/// Lends contexts and takes them back when they are disposed. Making a context, with the services behind it, costs as much as
/// most of the queries that it is made for.
/// </summary>
internal sealed class ContextPool<TContext> where TContext : ChatDbContext
{
    /// <summary>The most idle contexts. Each keeps tens of kilobytes.</summary>
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
