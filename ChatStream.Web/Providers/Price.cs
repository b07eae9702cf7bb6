using ChatStream.Web.Contract;

namespace ChatStream.Web.Providers;

/// <summary>What a model costs. Each price is for a million tokens.</summary>
public sealed record Price(string Currency, decimal Input, decimal CachedInput, decimal Output)
{
    private const decimal PerMillion = 1_000_000;

    /// <summary>The price of a model's settings; null if they have none. They were checked.</summary>
    public static Price? Of(PriceOptions? options) => options is { Input: { } input, Output: { } output }
        ? new Price(options.Currency, input, options.CachedInput ?? input, output) : null;

    /// <summary>What an answer costs that used so much.</summary>
    public CostPayload CostOf(UsagePayload usage)
    {
        var cached = Math.Min(usage.CachedTokens ?? 0, usage.InputTokens);
        var sum = ((usage.InputTokens - cached) * Input) + (cached * CachedInput) + (usage.OutputTokens * Output);
        return CostPayload.Of(sum / PerMillion, Currency);
    }
}
