using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Owning;

/// <summary>What the instances of a database share. It is read once, when the database is open.</summary>
internal sealed class Cluster(IInstances instances)
{
    private ClusterRow? _row;

    /// <summary>Random letters that tell this database's users from those of others.</summary>
    public string Name => Row.Name;

    /// <summary>Random bytes.</summary>
    public byte[] Secret => Row.Secret;

    public async Task JoinAsync(CancellationToken cancellationToken) => _row ??= await instances.ClusterAsync(cancellationToken);

    private ClusterRow Row => _row ?? throw new InvalidOperationException("The database is not open yet.");
}
