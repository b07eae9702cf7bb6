using System.Globalization;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Usage.Budgets;

/// <summary>A budget of the settings, and where its limits are.</summary>
internal sealed record Budget(BudgetOptions Options)
{
    public BudgetUnit Of { get; } = Options.Of!.Value;

    public BudgetPeriod Per { get; } = Options.Per!.Value;

    /// <summary>Whether it holds for a user.</summary>
    public bool IsFor(Rights rights) => Options.Group.Length == 0 || rights.IsInAny([Options.Group]);

    /// <summary>The first day of the period that a day is in.</summary>
    public DateOnly FirstDay(DateOnly today) => Per == BudgetPeriod.Day ? today : new DateOnly(today.Year, today.Month, 1);

    /// <param name="sums">What was used on which days, by the users who have this budget.</param>
    /// <param name="today">In UTC.</param>
    public BudgetUse UseOf(IEnumerable<UsedOfDay> sums, DateOnly today)
    {
        var first = FirstDay(today);
        var used = sums.Where(sum => sum.Day >= first && sum.Day <= today).Sum(Counted);
        var next = Per == BudgetPeriod.Day ? first.AddDays(1) : first.AddMonths(1);
        return new BudgetUse
        {
            Name = Options.Name,
            Of = Of,
            Per = Per,
            Currency = Of == BudgetUnit.Cost ? Options.Currency : null,
            Shared = Options.Shared ? true : null,
            Used = used,
            Soft = Options.Soft,
            Hard = Options.Hard,
            State = used >= Options.Hard ? BudgetState.UsedUp : used >= Options.Soft ? BudgetState.Low : BudgetState.Open,
            OpensAt = new DateTimeOffset(next, TimeOnly.MinValue, TimeSpan.Zero),
        };
    }

    /// <summary>429, with the budget, and with the seconds until it opens again.</summary>
    public static RefusedException Refuse(BudgetUse use, DateTimeOffset now)
    {
        var (unit, code) = (use.Of == BudgetUnit.Cost ? use.Currency : use.Of == BudgetUnit.Tokens ? "tokens" : "answers",
            use.Per == BudgetPeriod.Day ? "budget_of_day" : "budget_of_month");
        var detail = string.Create(CultureInfo.InvariantCulture, $"""
            The budget "{use.Name}" is used up: {use.Used:0.######} of {use.Hard:0.######} {unit}. It opens again at {use.OpensAt:yyyy-MM-ddTHH:mm:ssZ}.
            """);
        return new RefusedException(new Refusal(429, Field: null, detail)
        {
            Code = code,
            RetryAfter = (int)Math.Ceiling((use.OpensAt - now).TotalSeconds),
            Budget = use,
        });
    }

    private decimal Counted(UsedOfDay sum) => Of switch
    {
        BudgetUnit.Answers => sum.Answers,
        BudgetUnit.Tokens => sum.Tokens,
        _ => sum.Currency == Options.Currency ? sum.Cost : 0,
    };
}

/// <summary>What was used on one day in UTC and paid for in one currency.</summary>
/// <param name="Day">The day on which the answers ended.</param>
/// <param name="Currency">Of the cost; empty: no price was known.</param>
/// <param name="Answers">How many, with those that run, which count for today.</param>
/// <param name="Tokens">That models read and wrote.</param>
/// <param name="Cost">In that currency.</param>
internal sealed record UsedOfDay(DateOnly Day, string Currency, long Answers, long Tokens, decimal Cost);
