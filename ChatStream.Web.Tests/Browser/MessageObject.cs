using Microsoft.Playwright;

namespace ChatStream.Web.Tests.Browser;

/// <summary>A message of the user or of the model, and the versions that it has.</summary>
internal sealed class MessageObject(ILocator article)
{
    public ILocator Text => article.Locator("> .text");

    /// <summary>"2/3", where there is more than one.</summary>
    public ILocator Version => article.Locator(".version:visible");

    public ILocator Previous => article.GetByRole(AriaRole.Button, new() { Name = "Previous version" });

    public ILocator Next => article.GetByRole(AriaRole.Button, new() { Name = "Next version" });

    public ILocator Edit => article.GetByRole(AriaRole.Button, new() { Name = "Edit your message" });

    /// <summary>The words that an edit was not sent.</summary>
    public ILocator Kept => article.Locator(".kept");

    public ILocator Regenerate => article.GetByRole(AriaRole.Button, new() { Name = "Regenerate" });
}
