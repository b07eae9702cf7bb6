namespace ChatStream.Web.Storage;

/// <summary>
/// The instances that have a database: one row for each, as long as it counts as alive. Only the database's clock counts, because
/// those of the instances may differ.
/// </summary>
internal interface IInstances
{
    /// <summary>Whether several instances can have the database at once.</summary>
    bool AreMany { get; }

    /// <summary>Whether there were other instances when <see cref="AliveAsync"/> looked last.</summary>
    bool HasOthers { get; }

    /// <summary>The instances that <see cref="AliveAsync"/> found last, this one included.</summary>
    IReadOnlyList<InstanceRow> Known { get; }

    /// <summary>
    /// Makes this instance count as alive for some time from now. Its row must be there: another instance removes it when the
    /// time is over.
    /// </summary>
    /// <returns>False: the row is gone, so the others take this instance for dead.</returns>
    Task<bool> RenewAsync(InstanceRow instance, TimeSpan aliveFor, CancellationToken cancellationToken);

    /// <summary>Adds this instance, or makes it count as alive for some time from now if it is there.</summary>
    Task AddAsync(InstanceRow instance, TimeSpan aliveFor, CancellationToken cancellationToken);

    /// <summary>Removes the other instances whose time is over, and returns those that are left, this one included.</summary>
    /// <param name="own">This instance's id. Only others say that it is dead.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    Task<IReadOnlyList<InstanceRow>> AliveAsync(string own, CancellationToken cancellationToken);

    /// <summary>Removes this instance, which has stopped.</summary>
    Task RemoveAsync(string id, CancellationToken cancellationToken);

    /// <summary>What all instances of a database share. It is made with the first of them.</summary>
    Task<ClusterRow> ClusterAsync(CancellationToken cancellationToken);
}

/// <param name="Id">New for each run of a process.</param>
/// <param name="Address">Where the other instances reach it: an origin; empty until it listens.</param>
/// <param name="Version">The version of ChatStream that it runs, for people.</param>
internal sealed record InstanceRow(string Id, string Address, string Version)
{
    /// <summary>How many answers it runs.</summary>
    public int Running { get; init; }

    /// <summary>How many it has started in the last minute.</summary>
    public int Started { get; init; }
}

/// <param name="Name">Random letters by which the cookies of this database's users are told from others.</param>
/// <param name="Secret">32 random bytes by which the instances know one another.</param>
internal sealed record ClusterRow(string Name, byte[] Secret);
