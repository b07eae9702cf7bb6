using Microsoft.Playwright;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Files that a user picks, drops or pastes.</summary>
internal static class GivenFiles
{
    public static FilePayload FileOf(string name, byte[] content) =>
        new() { Name = name, MimeType = TypeOf(name), Buffer = content };

    /// <summary>Drops a file on an element of the page, or pastes it there.</summary>
    // A browser gives pages no files but those of its user.
    public static async Task GiveAsync(IPage page, string type, string name, byte[] content, string target = "#message") =>
        await page.EvaluateAsync("""
            async ([type, name, mediaType, content, selector]) => {
                const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
                const data = new DataTransfer();
                data.items.add(new File([bytes], name, { type: mediaType }));
                const init = { bubbles: true, cancelable: true };
                const target = document.querySelector(selector);
                target.dispatchEvent(type === "drop" ? new DragEvent("drop", { ...init, dataTransfer: data })
                    : new ClipboardEvent("paste", { ...init, clipboardData: data }));
            }
            """, new[] { type, name, TypeOf(name), Convert.ToBase64String(content), target });

    /// <summary>Pastes a text into a field, with what the browser does then.</summary>
    public static Task PasteTextAsync(ILocator field, string text) => field.EvaluateAsync("""
        (field, text) => {
            field.focus();
            const data = new DataTransfer();
            data.setData("text/plain", text);
            if (field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })))
                document.execCommand("insertText", false, text);
        }
        """, text);

    private static string TypeOf(string name) =>
        name.EndsWith("png", StringComparison.Ordinal) ? "image/png" : "text/plain";
}
