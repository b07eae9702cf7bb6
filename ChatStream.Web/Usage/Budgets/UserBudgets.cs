using ChatStream.Web.Contract;
using ChatStream.Web.Settings;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Usage.Budgets;

/// <summary>
/// Compares what was used with the budgets of the settings. What was used is known from the sums of days, which grow with the end
/// of each answer. Without budgets it reads nothing.
/// </summary>
internal sealed class UserBudgets(
    IOptions<BudgetListOptions> options, IChatDatabase database, SharedSums shared, TimeProvider time) : IBudgets, INamesGroups
{
    private readonly Lazy<Budget[]> _budgets = new(() => [.. options.Value.Budgets.Select(budget => new Budget(budget))]);

    public IEnumerable<string> Groups => _budgets.Value.Select(budget => budget.Options.Group).Where(group => group.Length > 0);

    /// <summary>Lets a user start an answer, as far as budgets allow.</summary>
    /// <returns>The budget of which the user is to be warned; null: there is none.</returns>
    /// <exception cref="RefusedException">429: one is used up. Of several, the one that opens last.</exception>
    public async Task<BudgetUse?> CheckAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (_budgets.Value.Length == 0)
            return null;
        var uses = await ReadAsync(caller, cancellationToken);
        if (uses.Where(use => use.State == BudgetState.UsedUp).MaxBy(use => use.OpensAt) is { } usedUp)
            throw Budget.Refuse(usedUp, time.GetUtcNow());
        return Lowest(uses);
    }

    /// <summary>
    /// Whether a user has used up a budget since an answer began: what its further requests cost is over it. A number of answers
    /// does not count, because the answer is one of them.
    /// </summary>
    public async Task<bool> IsUsedUpAsync(Caller caller, CancellationToken cancellationToken) =>
        _budgets.Value.Length > 0
        && (await ReadAsync(caller, cancellationToken))
            .Any(use => use is { State: BudgetState.UsedUp, Of: not BudgetUnit.Answers });

    /// <summary>The budget of which a user is to be warned; null: there is none.</summary>
    public static BudgetUse? Lowest(IEnumerable<BudgetUse> uses) =>
        uses.Where(use => use.State != BudgetState.Open).MaxBy(use => use.OpensAt);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BudgetUse>> ReadAsync(Caller caller, CancellationToken cancellationToken)
    {
        var budgets = _budgets.Value.Where(budget => budget.IsFor(caller.Rights)).ToList();
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var own = budgets.Where(budget => !budget.Options.Shared).ToList();
        IReadOnlyList<UsedOfDay> sums = own.Count == 0 ? [] : await UsedSums.ReadAsync(
            database, UsedSums.OfOwner, caller.Owner, group: null, own.Min(budget => budget.FirstDay(today)), today,
            cancellationToken);
        var uses = new List<BudgetUse>();
        foreach (var budget in budgets)
        {
            uses.Add(budget.UseOf(
                budget.Options.Shared ? await shared.ReadAsync(budget.Options.Group, today, cancellationToken) : sums, today));
        }
        return uses;
    }
}
