using ChatStream.Web.Contract;
using ChatStream.Web.Usage.Budgets;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Usage;

/// <summary>A budget that cannot work is named with its key, and the arithmetic of the others.</summary>
internal sealed class BudgetCheckTests
{
    private static readonly DateOnly Today = new(2026, 2, 28);

    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return Case("no name", new() { Of = BudgetUnit.Answers, Per = BudgetPeriod.Day, Hard = 1 },
            "Budgets:0:Name must have 1 to 100 characters.");
        yield return Case("nothing", new() { Name = "a" },
            "Budgets:0:Of is missing. It is Answers, Tokens, Cost.", "Budgets:0:Per is missing. It is Day, Month.",
            "Budgets:0: Soft and Hard are both missing.");
        yield return Case("no currency",
            new() { Name = "a", Of = BudgetUnit.Cost, Per = BudgetPeriod.Day, Hard = 1, Currency = "usd" },
            "Budgets:0:Currency must be three letters of A-Z, such as USD.");
        yield return Case("a useless currency",
            new() { Name = "a", Of = BudgetUnit.Tokens, Per = BudgetPeriod.Day, Hard = 1, Currency = "USD" },
            "Budgets:0:Currency has no use unless Of is Cost.");
        yield return Case("soft above hard",
            new() { Name = "a", Of = BudgetUnit.Tokens, Per = BudgetPeriod.Day, Soft = 2, Hard = 2 },
            "Budgets:0:Soft must be less than Hard.");
        yield return Case("less than nothing", new() { Name = "a", Of = BudgetUnit.Tokens, Per = BudgetPeriod.Day, Hard = -1 },
            "Budgets:0:Hard must not be less than 0.");

        static TestCaseData Case(string name, BudgetOptions budget, params string[] faults) =>
            new TestCaseData(budget, faults).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Wrong))]
    public void A_wrong_one_is_named(BudgetOptions budget, string[] faults) =>
        Assert.That(Check(budget), Is.EqualTo(faults));

    [Test]
    public void Two_of_one_name_are_one_too_many()
    {
        BudgetOptions budget = new() { Name = "a", Of = BudgetUnit.Answers, Per = BudgetPeriod.Day, Hard = 1 };

        Assert.That(Check(budget), Is.Empty);
        Assert.That(Check(budget, budget), Is.EqualTo(new[] { "Budgets:1:Name: 'a' names another budget already." }));
    }

    [TestCase(BudgetUnit.Answers, BudgetPeriod.Day, 3)]
    [TestCase(BudgetUnit.Answers, BudgetPeriod.Month, 8)]
    [TestCase(BudgetUnit.Tokens, BudgetPeriod.Month, 80)]
    [TestCase(BudgetUnit.Cost, BudgetPeriod.Day, 0.5)]
    [TestCase(BudgetUnit.Cost, BudgetPeriod.Month, 1.5)]
    public void It_adds_up_what_it_counts(BudgetUnit of, BudgetPeriod per, double used)
    {
        var budget = new Budget(new() { Name = "a", Of = of, Per = per, Currency = "USD", Hard = 100 });

        var use = budget.UseOf(
        [
            new(Today, "USD", 1, 10, 0.5m), new(Today, "EUR", 1, 10, 7), new(Today, "", 1, 10, 0),
            new(Today.AddDays(-1), "USD", 5, 50, 1), new(Today.AddDays(-28), "USD", 100, 1000, 100),
        ], Today);

        Assert.That((double)use.Used, Is.EqualTo(used));
        Assert.That(use.OpensAt, Is.EqualTo(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    [TestCase(0, BudgetState.Open)]
    [TestCase(1, BudgetState.Low)]
    [TestCase(2, BudgetState.UsedUp)]
    [TestCase(3, BudgetState.UsedUp)]
    public void Its_state_follows_from_its_limits(int answers, BudgetState state)
    {
        var budget = new Budget(new() { Name = "a", Of = BudgetUnit.Answers, Per = BudgetPeriod.Day, Soft = 1, Hard = 2 });

        Assert.That(budget.UseOf([new(Today, "", answers, 0, 0)], Today).State, Is.EqualTo(state));
    }

    private static IEnumerable<string> Check(params BudgetOptions[] budgets) =>
        new BudgetCheck().Validate(null, new BudgetListOptions { Budgets = budgets }).Failures ?? [];
}
