using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Playwright;

namespace ChatStream.Web.Tests.Browser;

/// <summary>HTML_CodeSniffer, the engine of pa11y: a second opinion on the accessibility of a page, beside axe.</summary>
internal static class CodeSniffer
{
    private const string Look = """
        () => new Promise((resolve, reject) => HTMLCS.process(
            "WCAG2AA", document,
            () => resolve(HTMLCS.getMessages().map(({ type, code, msg, element }) =>
                [String(type), code, msg, element?.outerHTML?.slice(0, 160) ?? ""])),
            reject))
        """;

    private const string Error = "1";

    private static readonly Lazy<string> Engine = new(() =>
        File.ReadAllText(RealParts.Package("@pa11y/html_codesniffer", "build", "HTMLCS.js")));

    /// <summary>What surely breaks a rule of WCAG 2 AA. Warnings and notices, which ask a person to look, are left out.</summary>
    public static async Task<IReadOnlyList<string>> ErrorsAsync(IPage page)
    {
        if (!await page.EvaluateAsync<bool>("() => 'HTMLCS' in window"))
            await page.EvaluateAsync($"() => {{ {Engine.Value} }}");
        var messages = await page.EvaluateAsync<string[][]>(Look);
        return [.. messages.Where(message => message[0] == Error).Select(message => string.Join(" | ", message[1..]))];
    }
}
