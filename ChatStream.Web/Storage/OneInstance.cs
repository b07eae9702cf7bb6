using System.Security.Cryptography;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Storage;

/// <summary>The only instance that a SQLite database has: the process with the folder's lock.</summary>
internal sealed class OneInstance : IInstances
{
    private readonly ClusterRow _cluster = new(Ids.New(), RandomNumberGenerator.GetBytes(32));
    private InstanceRow? _only;

    public bool AreMany => false;

    public bool HasOthers => false;

    public IReadOnlyList<InstanceRow> Known => _only is null ? [] : [_only];

    public Task<bool> RenewAsync(InstanceRow instance, TimeSpan aliveFor, CancellationToken cancellationToken) =>
        Task.FromResult(true);

    public Task AddAsync(InstanceRow instance, TimeSpan aliveFor, CancellationToken cancellationToken)
    {
        _only = instance;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<InstanceRow>> AliveAsync(string own, CancellationToken cancellationToken) =>
        Task.FromResult(Known);

    public Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        _only = null;
        return Task.CompletedTask;
    }

    public Task<ClusterRow> ClusterAsync(CancellationToken cancellationToken) => Task.FromResult(_cluster);
}
