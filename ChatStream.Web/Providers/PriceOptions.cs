namespace ChatStream.Web.Providers;

/// <summary>What a model costs: section <c>Price</c> of a model. Each price is for a million tokens.</summary>
public sealed class PriceOptions
{
    /// <summary>The highest price that is accepted.</summary>
    internal const decimal Most = 100_000_000;

    /// <summary>Three letters, such as <c>USD</c>.</summary>
    public string Currency { get; init; } = "";

    /// <summary>Of tokens that the model reads.</summary>
    public decimal? Input { get; init; }

    /// <summary>Of tokens that the service has read before. Null: the price of all others that the model reads.</summary>
    public decimal? CachedInput { get; init; }

    /// <summary>Of tokens that the model writes, its reasoning included.</summary>
    public decimal? Output { get; init; }
}
