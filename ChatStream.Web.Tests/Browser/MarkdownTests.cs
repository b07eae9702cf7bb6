using System.Collections.Concurrent;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// Markdown answers in a real browser. The checks of the renderer are in <c>Client/markdown/tests</c>. They are bundled, run
/// in a page, and return their failures. What needs no browser is checked by <c>npm test</c>.
/// </summary>
internal sealed class MarkdownTests : BrowserTest
{
    [TestCase("identity", TestName = "Nodes_of_blocks_that_have_ended_are_never_touched_again")]
    [TestCase("rows", TestName = "Nodes_of_list_items_and_table_rows_that_have_ended_are_never_touched_again")]
    [TestCase("selection", TestName = "A_selection_survives_what_is_written_after_it")]
    [TestCase("bounds", TestName = "Formulas_code_and_emphasis_without_end_become_a_page_with_an_end")]
    [TestCase("manyFormulas", TestName = "An_answer_has_a_bounded_number_of_formulas")]
    public async Task Renderer(string check)
    {
        await using var user = await EmptyPageAsync();

        Assert.That(await user.Page.EvaluateAsync<string[]>($"() => markdown.{check}()"), Is.Empty);
    }

    /// <summary>
    /// Work, not time. Of what is parsed for each character that arrives, one is the whole at the end. The rest is the open row,
    /// item or paragraph, parsed again as it grows.
    /// </summary>
    [Test]
    public async Task The_parsed_text_grows_with_the_open_block_and_not_with_the_answer()
    {
        await using var user = await EmptyPageAsync();

        var @short = await user.Page.EvaluateAsync<Dictionary<string, double>>("() => markdown.work(20_000)");
        var @long = await user.Page.EvaluateAsync<Dictionary<string, double>>("() => markdown.work(160_000)");

        var most = new Dictionary<string, double> { ["mixed"] = 18, ["code"] = 1.1, ["list"] = 7.5, ["table"] = 8.5 };
        Assert.That(@long.Keys, Is.EquivalentTo(most.Keys));
        Assert.Multiple(() =>
        {
            foreach (var (document, parsed) in @long)
            {
                Assert.That(parsed, Is.InRange(1, most[document]), document);
                Assert.That(parsed / @short[document], Is.InRange(0.95, 1.05), $"{document} of 160 KB beside 20 KB");
            }
        });
    }

    /// <summary>It runs to its end: its figures are for <see cref="MarkdownPerformance"/>.</summary>
    [Test]
    public async Task What_measures_the_renderer_runs([Values("streaming", "naive")] string way)
    {
        await using var user = await EmptyPageAsync();
        await user.Page.EvaluateAsync(MarkdownBundle.Read("markdown-perf"));

        foreach (var document in new[] { "mixed", "code" })
        {
            var script = await user.Page.EvaluateAsync<double>($"() => perf('{document}', 2, '{way}').script");
            Assert.That(script, Is.Positive, document);
        }
    }

    [Test]
    public async Task Texts_built_to_slow_the_renderer_are_rendered_in_full()
    {
        await using var user = await EmptyPageAsync();

        // A quadratic renderer would not finish before the test is cancelled.
        var texts = await user.Page.EvaluateAsync<Catastrophe[]>("() => markdown.catastrophes()");

        Assert.That(texts, Has.Length.GreaterThan(15));
        Assert.That(texts.Where(text => text.Lost).Select(text => text.Name), Is.Empty);
    }

    [Test]
    public async Task Hostile_model_output_never_runs_loads_leaves_its_message_or_becomes_a_forbidden_element()
    {
        await using var user = await ArriveAsync(viewport: new() { Width = 320, Height = 568 });
        var watch = await WatchAsync(user);
        await AddBundleAsync(user);
        await user.Page.EvaluateAsync(MathStyle);
        watch.Requested.Clear();

        var found = await user.Page.EvaluateAsync<string[]>("() => markdown.attack()");
        await user.Page.SetViewportSizeAsync(375, 667);
        var onPhone = await user.Page.EvaluateAsync<string[]>("() => markdown.attack(true)");

        Assert.That(await user.Page.EvaluateAsync<int>("() => markdown.hostile.length"), Is.GreaterThanOrEqualTo(286));
        Assert.That(found, Is.Empty);
        Assert.That(onPhone, Is.Empty);
        var fonts = new Uri(App.Address, "/dist/fonts/").ToString();
        Assert.That(watch.Requested.Where(url => !url.StartsWith(fonts, StringComparison.Ordinal)), Is.Empty);
        await NothingHappenedAsync(user);
    }

    [TestCase(320, 568)]
    [TestCase(375, 667)]
    public async Task On_a_phone_each_formula_can_be_scrolled_to_its_end_and_deep_levels_have_a_column(int width, int height)
    {
        await using var user = await ArriveAsync(viewport: new() { Width = width, Height = height });
        await AddBundleAsync(user);
        await user.Page.EvaluateAsync(MathStyle);

        Assert.That(await user.Page.EvaluateAsync<string[]>("() => markdown.unreachable()"), Is.Empty);
        Assert.That(await user.Page.EvaluateAsync<string[]>("() => markdown.cutMarks()"), Is.Empty);
        Assert.That(await user.Page.EvaluateAsync<int>("() => markdown.linesOfFormula()"), Is.EqualTo(2));
        Assert.That(await user.Page.EvaluateAsync<double>("() => markdown.leastColumn()"), Is.GreaterThanOrEqualTo(128));
        Assert.That(await user.Chat.SidewaysAsync(), Is.LessThanOrEqualTo(0));
    }

    /// <summary>As messages, answers, reasoning, models, failures and titles that somebody imports.</summary>
    [Test]
    public async Task Hostile_text_in_an_imported_conversation_does_no_harm()
    {
        await using var user = await ArriveAsync(viewport: new() { Width = 320, Height = 568 });
        await AddBundleAsync(user);
        var texts = (await user.Page.EvaluateAsync<string[]>("() => markdown.hostile"))
            .Select(text => text.Replace("\0", "", StringComparison.Ordinal))
            .Where((_, i) => Soak.IsOn || i % 5 == 0).ToList(); // the test above has all of them as answers
        var conversation = texts.Aggregate(new ImportedConversation("Hostile"), (all, text) => all.Everywhere(text));
        var whole = await conversation.ImportAsync(user);
        foreach (var text in texts)
        {
            var title = text[..Math.Min(text.Length, 200)];
            await new ImportedConversation(title).Exchange("Q", "A").ImportAsync(user, mayBeRefused: true);
        }
        var watch = await WatchAsync(user);

        await user.Page.GotoAsync(whole);
        await Expect(user.Page.Locator("#conversation .text.markdown"))
            .ToHaveCountAsync(texts.Count, new() { Timeout = 120_000 });
        await AddBundleAsync(user);
        await user.Page.EvaluateAsync(
            "() => { for (const it of document.querySelectorAll('#conversation details:not(.text *)')) it.open = true; }");
        Assert.That(await user.Page.EvaluateAsync<string[]>("() => markdown.shownMessages()"), Is.Empty);
        await user.Page.SetViewportSizeAsync(375, 667);
        Assert.That(await user.Page.EvaluateAsync<string[]>("() => markdown.shownMessages()"), Is.Empty);
        await NothingHappenedAsync(user);

        await user.Chat.ConversationsButton.ClickAsync();
        // A page has 30, and the shown conversation is there from the beginning. Some titles were refused.
        for (var shown = 31; shown < texts.Count - 10; shown += 30)
        {
            await user.Chat.List.LoadMore.ClickAsync();
            await Expect(user.Chat.Conversations.Nth(shown)).ToBeVisibleAsync();
        }
        Assert.That(await user.Page.EvaluateAsync<string[]>("() => markdown.shownTitles()"), Is.Empty);
        await NothingHappenedAsync(user);
        var links = await user.Chat.Conversations.EvaluateAllAsync<string[]>(
            "titles => titles.map(title => title.closest('a').href)");
        Assert.That(links, Has.Length.GreaterThan(texts.Count * 9 / 10));
        foreach (var link in links.Where((_, i) => Soak.IsOn || i % 10 == 0))
        {
            await user.Page.GotoAsync(link);
            await AddBundleAsync(user);
            Assert.That(await user.Page.EvaluateAsync<string[]>("() => markdown.shownTitles()"), Is.Empty);
            Assert.That(await user.Chat.SidewaysAsync(), Is.LessThanOrEqualTo(0), link);
            await NothingHappenedAsync(user);
        }
        Assert.That(watch.Requested.Where(url => !url.StartsWith(App.Address.ToString(), StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task Streaming_and_reloading_an_answer_full_of_hostile_text_does_no_harm()
    {
        await using var user = await ArriveAsync();
        await AddBundleAsync(user);
        var hostile = string.Join("\n\n", await user.Page.EvaluateAsync<string[]>("() => markdown.hostile"))
            + "\n\n```\n\nThe end.";
        string[] pieces = [.. hostile.Chunk(4).Select(piece => new string(piece))];
        Answer(Script.Start().Texts(pieces).Finish("stop").Done());
        await user.Page.GotoAsync("/");
        var watch = await WatchAsync(user);

        await user.Chat.SendAsync("Go");
        await user.Chat.Answer.HasEndedAsync();
        await Expect(user.Chat.Answer.Text).ToContainTextAsync("The end.");
        await NothingHappenedAsync(user);
        await user.Page.ReloadAsync();
        await Expect(user.Chat.Answer.Article.Locator(".markdown .code").First).ToBeVisibleAsync();
        await NothingHappenedAsync(user);

        Assert.That(watch.Requested.Where(url => !url.StartsWith(App.Address.ToString(), StringComparison.Ordinal)), Is.Empty);
    }

    /// <summary>Loads the style of formulas, as the page does for the first one.</summary>
    private const string MathStyle = """
        () => new Promise((done) => {
            const link = document.querySelector('#math-style').content.querySelector('link').cloneNode();
            link.onload = () => done();
            document.head.append(link);
        })
        """;

    private async Task<BrowserUser> EmptyPageAsync()
    {
        var user = await ArriveAsync(path: null);
        await user.Page.SetContentAsync("<!DOCTYPE html>"); // formulas are not typeset in quirks mode
        await AddBundleAsync(user);
        return user;
    }

    private static async Task AddBundleAsync(BrowserUser user) => await user.Page.EvaluateAsync(MarkdownBundle.Read("markdown"));

    private static async Task<Watch> WatchAsync(BrowserUser user)
    {
        var watch = new Watch([]);
        user.Page.Request += (_, request) => watch.Requested.Add(request.Url);
        user.Page.Dialog += (_, dialog) => Assert.Fail($"A dialogue was opened: {dialog.Message}");
        const string Count =
            "window.violations = []; addEventListener('securitypolicyviolation', e => violations.push(`${e.violatedDirective} "
            + "${e.blockedURI}`), true);";
        await user.Page.AddInitScriptAsync(Count);
        await user.Page.EvaluateAsync($"() => {{ {Count} }}");
        return watch;
    }

    private static async Task NothingHappenedAsync(BrowserUser user)
    {
        Assert.That(await user.Page.EvaluateAsync<bool>("() => 'pwned' in window"), Is.False);
        Assert.That(await user.Page.EvaluateAsync<string[]>("() => violations"), Is.Empty);
        Assert.That(user.Errors, Is.Empty);
    }

    private sealed record Watch(ConcurrentBag<string> Requested);

    private sealed class Catastrophe
    {
        public string Name { get; set; } = "";

        public bool Lost { get; set; }
    }
}
