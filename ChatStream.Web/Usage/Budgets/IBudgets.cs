using ChatStream.Web.Contract;

namespace ChatStream.Web.Usage.Budgets;

/// <summary>Says what users have used of their budgets, for controllers.</summary>
public interface IBudgets
{
    /// <summary>The budgets that hold for a user, in the order of the settings.</summary>
    /// <param name="caller">The user or program.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
    Task<IReadOnlyList<BudgetUse>> ReadAsync(Caller caller, CancellationToken cancellationToken);
}
