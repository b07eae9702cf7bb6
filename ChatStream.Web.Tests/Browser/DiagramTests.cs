using System.Collections.Concurrent;
using ChatStream.Emulator;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Blocks of Mermaid are drawn in a frame without an origin, and shown as images.</summary>
internal sealed class DiagramTests : BrowserTest
{
    private const string Run = "parent.window.pwned=1;window.pwned=1";
    private const string Away = "https://evil.example";

    private static readonly string[] Hostile =
    [
        $"graph TD\nA[<img src=x onerror='{Run}'>] --> B[<script>{Run}</script>]",
        $"graph TD\nA[\"<img src='{Away}/a.png'>\"] --> B\nclick A href \"javascript:{Run}\"\nclick B call alert(1)",
        $"%%{{init: {{\"securityLevel\": \"loose\", \"htmlLabels\": true, \"flowchart\": {{\"htmlLabels\": true}}}}}}%%\n"
            + $"graph TD\nA[\"<iframe srcdoc='<script>{Run}</script>'></iframe><b onclick='{Run}'>x</b>\"]",
        $"---\nconfig:\n  securityLevel: loose\n  themeCSS: \"@import url({Away}/x.css); * {{ background: url({Away}/y) }}\"\n"
            + "---\ngraph LR\nA-->B",
        $"%%{{init: {{\"theme\": \"base\", \"themeVariables\": {{\"primaryColor\": \"red;}} * {{background:url({Away}/z)}}\"}}}}"
            + "%%\ngraph LR\nA-->B",
        $"graph LR\nA-->B\nstyle A fill:url({Away}/f.svg#x),background:url({Away}/g)\nclassDef a fill:url({Away}/h)",
        $"graph LR\nA@{{ img: \"{Away}/i.png\", label: \"x\" }}\nB@{{ icon: \"fa:user\" }}",
        $"sequenceDiagram\nparticipant A\nlink A: x @ javascript:{Run}\nlinks A: {{\"y\": \"{Away}\"}}\n"
            + $"A->>A: <img src={Away}/s.png>",
        $"sequenceDiagram\nparticipant A as <svg onload='{Run}'>\nA->>A: <a href='javascript:{Run}'>x</a>",
        $"classDiagram\nclass A\nclick A href \"{Away}\"\nA : <script>{Run}</script>",
        $"gantt\ntitle <img src={Away}/g.png onerror={Run}>\nsection A\nx :a1, 2026-01-01, 3d\nclick a1 href \"{Away}\"",
        $"pie title </text></svg><script>{Run}</script>\n\"a\" : 1\n\"<img src={Away}/p>\" : 2",
        $"mindmap\n  root((<img src={Away}/m onerror={Run}>))\n    ::icon(fa fa-book)\n    a",
        $"stateDiagram-v2\n[*] --> A: </style><script>{Run}</script>\nnote right of A\n<img src={Away}/n>\nend note",
        $"erDiagram\nA ||--o{{ B : \"<img src={Away}/e onerror={Run}>\"",
        $"journey\ntitle <iframe src={Away}></iframe>\nsection S\n x: 5: <b onload={Run}>",
        "graph TD\n" + string.Concat(Enumerable.Range(0, 290).Select(i => $"A{i}-->A{(i * 7) % 290}\n")),
        "graph TD\n" + string.Concat(Enumerable.Range(0, 900).Select(i => $"A-->B{i}\n")),
        "graph TD\n" + string.Concat(Enumerable.Range(0, 80).Select(i => $"subgraph s{i}\n")) + "A\n" + new string('e', 3_000),
        "graph TD\nA[\"" + new string('W', 5_000) + "\"]",
        "graph TD\nA[\"$$\\def\\a{x}\\a{" + new string('{', 500) + "$$\"]",
        "graph TD\n" + new string('(', 5_000),
        "constructor\n__proto__",
        "%%{init: {\"__proto__\": {\"pwned\": 1}, \"constructor\": {\"prototype\": {\"pwned\": 1}}}}%%\ngraph LR\nA-->B",
    ];

    [Test]
    public async Task A_diagram_is_drawn_its_code_can_be_shown_and_a_mistake_is_told()
    {
        Answer(
            Script.Start().Texts(
                Cut("So:\n\n```mermaid\ngraph LR\n  A[Order] --> B{Paid?}\n  B -->|yes| C[Ship]\n  B -->|no| D[Wait]\n```\n\n"
                    + "And:\n\n```mermaid\nsequenceDiagram\n  Browser->>Server: POST\n  Server-->>Browser: text\n```\n\n"
                    + "```mermaid\ngraph LR\n  A --> --> [\n```\n\nDone.")).Finish("stop").Done());
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        var requested = new ConcurrentBag<string>();
        page.Request += (_, request) => requested.Add(new Uri(request.Url).AbsolutePath);

        await chat.SendAsync("Draw");
        await chat.Answer.HasEndedAsync();
        var blocks = chat.Answer.Text.Locator(".code");
        await Expect(blocks.Nth(0).Locator("img")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(blocks.Nth(1).Locator("img")).ToBeVisibleAsync();
        await Expect(blocks.Nth(2).Locator(".diagram-fault")).ToContainTextAsync("No diagram, because its code has a mistake:");
        await Expect(blocks.Nth(2).Locator("pre")).ToBeVisibleAsync();
        await Expect(blocks.Nth(0).Locator("pre")).ToBeHiddenAsync();
        await Expect(blocks.Nth(0).Locator("img")).ToHaveAttributeAsync("alt", "Diagram");
        Assert.That(requested.Count(path => path.Contains("/diagram.", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(
            await blocks.Nth(0).Locator("img").EvaluateAsync<int>("image => image.naturalWidth"), Is.GreaterThan(100));
        await page.Locator("iframe").EvaluateAsync("frame => { window.frameSandbox = frame.getAttribute('sandbox'); }");
        Assert.That(await page.EvaluateAsync<string>("() => frameSandbox"), Is.EqualTo("allow-scripts"));
        await Picture.TakeWholeAsync(page, "diagram-desktop-light");
        var before = await blocks.Nth(0).Locator("img").GetAttributeAsync("src");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Expect(blocks.Nth(0).Locator("img")).Not.ToHaveAttributeAsync("src", before!);
        await Expect(blocks.Nth(1).Locator("img")).ToBeVisibleAsync();
        await page.SetViewportSizeAsync(Picture.Phone.Width, Picture.Phone.Height);
        Assert.That(await chat.SidewaysAsync(), Is.LessThanOrEqualTo(0));
        await Picture.TakeWholeAsync(page, "diagram-phone-dark");

        var source = blocks.Nth(0).GetByRole(AriaRole.Button, new() { Name = "Show code" });
        await source.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(source).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(blocks.Nth(0).Locator("pre")).ToContainTextAsync("A[Order] --> B{Paid?}");
        await Expect(blocks.Nth(0).Locator("img")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(blocks.Nth(0).Locator("img")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(blocks.Nth(1).Locator("img")).ToBeVisibleAsync(new() { Timeout = 60_000 });
    }

    [Test]
    public async Task Hostile_diagrams_run_nothing_ask_for_nothing_and_lead_nowhere()
    {
        await using var user = await ArriveAsync();
        var page = user.Page;
        var address = await user.ImportAsync(
            "Diagrams", ["Draw", string.Join("\n\n", Hostile.Select(code => $"```mermaid\n{code}\n```")) + "\n\nThe end."]);
        var answered = new ConcurrentBag<string>();
        user.Context.Response += (_, response) => answered.Add(response.Url);
        user.Context.Page += (_, opened) => Assert.Fail($"A window was opened: {opened.Url}");
        page.Dialog += (_, dialog) => Assert.Fail($"A dialogue was opened: {dialog.Message}");

        // On a busy machine a diagram takes longer than the page waits, and after two such it draws none.
        await page.AddInitScriptAsync(
            "{ const set = setTimeout; window.setTimeout = (then, time, ...rest) => "
            + "set(then, time === 5_000 ? 40_000 : time, ...rest); }");
        await page.AddInitScriptAsync(
            "window.violations = [];"
            + "addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective), true);");
        await page.GotoAsync(address);
        var blocks = user.Chat.Answer.Text.Locator(".code");
        await Expect(blocks).ToHaveCountAsync(Hostile.Length);
        for (var i = 0; i < Hostile.Length; i++)
        {
            await blocks.Nth(i).ScrollIntoViewIfNeededAsync();
            await Expect(blocks.Nth(i)).Not.ToHaveAttributeAsync("data-diagram", "waiting", new() { Timeout = 60_000 });
            Assert.That(await page.EvaluateAsync<bool>("() => 'pwned' in window || 'pwned' in {}"), Is.False, Hostile[i]);
        }

        Assert.That(await blocks.Locator("img").CountAsync(), Is.GreaterThan(Hostile.Length / 3), "most are harmless as drawn");
        Assert.That(
            answered.Where(url => !url.StartsWith(App.Address.ToString(), StringComparison.Ordinal)
                && !url.StartsWith("blob:", StringComparison.Ordinal)), Is.Empty);
        Assert.That(await page.EvaluateAsync<string[]>("() => violations"), Is.Empty, "the page itself");
        // The policy of the frame has blocked the others.
        user.Errors.RemoveAll(error => error.Contains("the following Content Security Policy", StringComparison.Ordinal));
        Assert.That(page.Url, Does.EndWith(address));
        foreach (var frame in page.Frames)
            Assert.That(frame.Url, Does.StartWith(App.Address.ToString()));
        Assert.That(await user.Chat.SidewaysAsync(), Is.LessThanOrEqualTo(0));
        await page.EvaluateAsync(MarkdownBundle.Read("markdown"));
        Assert.That(await page.EvaluateAsync<string[]>("() => markdown.shownMessages()"), Is.Empty);
    }

    private static string[] Cut(string text) => [.. text.Chunk(7).Select(piece => new string(piece))];
}
