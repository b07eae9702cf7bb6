using ChatStream.Web.Contract;

namespace ChatStream.Web.Usage;

/// <summary>Reads what was used.</summary>
public interface IUsageReader
{
    /// <summary>The last days in UTC, today included.</summary>
    /// <param name="owner">The user.</param>
    /// <param name="days">How many.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
    Task<UsageReport> ReadAsync(Owner owner, int days, CancellationToken cancellationToken);

    /// <summary>The sums of all users, for administrators.</summary>
    /// <param name="days">How many.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
    Task<UsageReport> ReadAllAsync(int days, CancellationToken cancellationToken);
}
