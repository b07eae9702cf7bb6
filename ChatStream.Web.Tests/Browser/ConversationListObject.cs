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

    /// <summary>What was done, with the button that takes it back.</summary>
    public ILocator Toast => page.Locator(".toast > span");

    public ILocator Undo => page.Locator(".toast").GetByRole(AriaRole.Button, new() { Name = "Undo" });

    public ILocator NewFolder => page.Locator("[data-action=new-folder]");

    public ILocator Select => page.Locator("[data-action=select]");

    /// <summary>What is done with those that are selected.</summary>
    public ILocator Selection => page.Locator(".selection");

    public ILocator Pinned => page.Locator("#shelf .pinned a.open");

    public ILocator Folders => page.Locator("#shelf .folder .name");

    /// <summary>The sheet of a folder, of a move or of an import.</summary>
    public ILocator Sheet => page.Locator("dialog[open]");

    public ILocator Folder(string name) => page.Locator($"#shelf .folder[data-name='{name}']");

    public ILocator LoadMore => page.Locator("[data-action=load-more]");

    public ILocator Import => page.Locator("#import");

    public ILocator ImportRefusal => page.Locator("#import-refusal:visible");

    /// <summary>The conversations with a running answer.</summary>
    public ILocator Running => page.Locator("#conversations li:has(.running:visible) a.open");

    public ConversationObject this[string title] =>
        new(
            page.Locator("#conversations li, #shelf li")
            .Filter(new() { Has = page.GetByRole(AriaRole.Link, new() { Name = title, Exact = true }) }));
}

internal sealed class ConversationObject(ILocator item)
{
    public ILocator Link => item.Locator("a.open");

    public ILocator More => item.Locator("summary");

    public ILocator Choices => item.Locator(".choices");

    public ILocator SaveAsMarkdown => item.Locator("[data-export=md]");

    public ILocator SaveAsJson => item.Locator("[data-export=json]");

    public ILocator NewTitle => item.GetByLabel("New title");

    /// <summary>The box that selects it.</summary>
    public ILocator Pick => item.GetByRole(AriaRole.Checkbox);

    public async Task RenameAsync()
    {
        await More.ClickAsync();
        await item.Locator("[data-action=rename]").ClickAsync();
    }

    public async Task DeleteAsync()
    {
        await ChooseAsync("delete");
    }

    /// <summary>Opens the menu and chooses from it.</summary>
    public async Task ChooseAsync(string action)
    {
        await More.ClickAsync();
        await item.Locator($"[data-action={action}]").ClickAsync();
    }
}
