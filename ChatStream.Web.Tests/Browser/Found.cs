using Microsoft.Playwright;

namespace ChatStream.Web.Tests.Browser;

/// <summary>What <c>/diagnose</c> shows at its end.</summary>
/// <param name="Values">The sentence of each check.</param>
/// <param name="Faults">The faults for which it shows cures.</param>
/// <param name="Proxies">The proxies of those cures.</param>
/// <param name="Settings">The settings that it names.</param>
internal sealed record Found(
    IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Faults, IReadOnlyList<string> Proxies,
    IReadOnlyList<string> Settings)
{
    public string this[string check] => Values[check];

    public static async Task<Found> ReadAsync(IPage page)
    {
        var values = new Dictionary<string, string>();
        foreach (var row in await page.Locator("[data-check]").AllAsync())
            values[(await row.GetAttributeAsync("data-check"))!] = await row.Locator(".value").InnerTextAsync();
        return new Found(
            values, await AllAsync("[data-fault]:visible", "fault"),
            [.. (await AllAsync("[data-proxy]:visible", "proxy")).Distinct()],
            await page.Locator(".cures code:visible").AllInnerTextsAsync());

        Task<string[]> AllAsync(string selector, string name) =>
            page.Locator(selector).EvaluateAllAsync<string[]>("(all, name) => all.map((one) => one.dataset[name])", name);
    }

    public override string ToString() => string.Join("; ", Values.Select(value => $"{value.Key}: {value.Value}"));
}
