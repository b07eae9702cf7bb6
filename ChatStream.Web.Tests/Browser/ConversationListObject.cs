using Microsoft.Playwright;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The list of conversations and what can be done in it.</summary>
internal sealed class ConversationListObject(IPage page)
{
    public ILocator Search => page.GetByLabel("Search conversations");

    /// <summary>The headings of the days.</summary>
    public ILocator Days => page.Locator("#conversations .day");

    /// <summary>Days and titles, from top to bottom.</summary>
    public ILocator Lines => page.Locator("#conversations .day, #conversations a.open");

    /// <summary>The conversations with an answer that ended unseen.</summary>
    public ILocator Unread => page.Locator("#conversations li:has(.unread:visible) a.open");

    /// <summary>The text of an empty list.</summary>
    public ILocator Words => page.Locator("#list-state p:visible");

    public ILocator TryAgain => page.Locator("#list-state [data-action=list-again]:visible");

    /// <summary>The conversation that is marked as the one that is shown.</summary>
    public ILocator Shown => page.Locator("#conversations a.open[aria-current=page]");

    /// <summary>The sentences that a search has found.</summary>
    public ILocator Excerpts => page.Locator("#conversations .excerpt:visible");

    /// <summary>The words of the search in those sentences.</summary>
    public ILocator FoundWords => page.Locator("#conversations .excerpt mark");

    public Task<double> ScrollTopAsync() => page.EvaluateAsync<double>("() => document.querySelector('.list').scrollTop");

    public ILocator LoadMore => page.Locator("[data-action=load-more]");

    public ILocator Import => page.Locator("#import");

    public ILocator ImportRefusal => page.Locator("#import-refusal:visible");

    /// <summary>The conversations with a running answer.</summary>
    public ILocator Running => page.Locator("#conversations li:has(.running:visible) a.open");

    public ConversationObject this[string title] =>
        new(
            page.Locator("#conversations li")
            .Filter(new() { Has = page.GetByRole(AriaRole.Link, new() { Name = title, Exact = true }) }));
}

internal sealed class ConversationObject(ILocator item)
{
    public ILocator Link => item.Locator("a.open");

    public ILocator More => item.Locator("summary");

    public ILocator SaveAsMarkdown => item.Locator("[data-export=md]");

    public ILocator SaveAsJson => item.Locator("[data-export=json]");

    public ILocator NewTitle => item.GetByLabel("New title");

    public ILocator Question => item.Locator(".question p").First;

    public ILocator Keep => item.Locator("[data-action=cancel]");

    public ILocator DeleteForGood => item.Locator("[data-action=delete-for-good]");

    public async Task RenameAsync()
    {
        await More.ClickAsync();
        await item.Locator("[data-action=rename]").ClickAsync();
    }

    public async Task DeleteAsync()
    {
        await More.ClickAsync();
        await item.Locator("[data-action=delete]").ClickAsync();
    }
}
