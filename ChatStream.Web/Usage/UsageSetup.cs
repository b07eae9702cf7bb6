using ChatStream.Web.Settings;
using ChatStream.Web.Usage.Budgets;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Usage;

internal static class UsageSetup
{
    /// <summary>Adds what reads the sums of used tokens, and what removes old ones.</summary>
    public static IServiceCollection AddUsage(this IServiceCollection services)
    {
        services.AddSingleton<IUsageReader, UsageReader>();
        services.AddHostedService<ExpiredUsage>();
        services.AddSingleton<UserBook>();
        services.AddSingleton<OtherUse>();
        services.AddKnownSection<IReadOnlyList<BudgetOptions>>(BudgetListOptions.Section);
        services.AddOptions<BudgetListOptions>()
            .BindConfiguration("").Configure<IConfiguration>(ReadEachBudget).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BudgetListOptions>, BudgetCheck>();
        services.AddSingleton<SharedSums>();
        services.AddSingleton<UserBudgets>();
        services.AddSingleton<IBudgets>(provider => provider.GetRequiredService<UserBudgets>());
        services.AddSingleton<INamesGroups>(provider => provider.GetRequiredService<UserBudgets>());
        return services;
    }

    // The binder silently skips an entry of a list that it cannot read. Reading each entry by itself throws, and names its key.
    private static void ReadEachBudget(BudgetListOptions _, IConfiguration settings)
    {
        foreach (var budget in settings.GetSection(BudgetListOptions.Section).GetChildren())
            budget.Get<BudgetOptions>();
    }
}
