using System.Text.RegularExpressions;
using ChatStream.Web.Contract;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Usage.Budgets;

/// <summary>Finds every fault in the list <c>Budgets</c>. Each fault is a sentence that begins with its key.</summary>
internal sealed partial class BudgetCheck : IValidateOptions<BudgetListOptions>
{
    private const int LongestName = 100;

    public ValidateOptionsResult Validate(string? name, BudgetListOptions options)
    {
        var faults = options.Budgets.SelectMany((budget, i) => Faults(
            budget, $"{BudgetListOptions.Section}:{i}", options.Budgets.Take(i).Select(other => other.Name))).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(BudgetOptions budget, string key, IEnumerable<string> before)
    {
        if (string.IsNullOrWhiteSpace(budget.Name) || budget.Name.Length > LongestName || budget.Name.Any(char.IsControl))
            yield return $"{key}:Name must have 1 to {LongestName} characters.";
        else if (before.Contains(budget.Name))
            yield return $"{key}:Name: '{budget.Name}' names another budget already.";
        if (budget.Of is null)
            yield return $"{key}:Of is missing. It is {string.Join(", ", Enum.GetNames<BudgetUnit>())}.";
        if (budget.Per is null)
            yield return $"{key}:Per is missing. It is {string.Join(", ", Enum.GetNames<BudgetPeriod>())}.";
        if (budget.Of == BudgetUnit.Cost && !ThreeLetters().IsMatch(budget.Currency))
            yield return $"{key}:Currency must be three letters of A-Z, such as USD.";
        if (budget.Of is BudgetUnit.Answers or BudgetUnit.Tokens && budget.Currency.Length > 0)
            yield return $"{key}:Currency has no use unless Of is {BudgetUnit.Cost}.";
        if (budget is { Soft: null, Hard: null })
            yield return $"{key}: Soft and Hard are both missing.";
        if (budget.Soft < 0 || budget.Hard < 0)
            yield return $"{key}:{(budget.Soft < 0 ? "Soft" : "Hard")} must not be less than 0.";
        if (budget.Soft >= budget.Hard)
            yield return $"{key}:Soft must be less than Hard.";
    }

    [GeneratedRegex(@"^[A-Z]{3}\z")]
    private static partial Regex ThreeLetters();
}
