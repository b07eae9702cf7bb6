using ChatStream.Web.Contract;
using ChatStream.Web.Preferences;
using ChatStream.Web.Views;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Stores how the user wants the page to be: in cookies of the browser, and in the database for users who sign in.
/// </summary>
[RefusalFilter]
public sealed class PreferencesController(IPreferenceStore store) : Controller
{
    /// <summary>What the form of <c>/settings</c> sends as <c>page</c>.</summary>
    internal const string SettingsPage = "settings";

    /// <summary>Changes what the form names, and goes back to its page. Unknown values change nothing.</summary>
    [HttpPost("/preferences")]
    [BodyLimit(RequestLimits.Fields)]
    [ProducesResponseType(StatusCodes.Status303SeeOther)]
    public async Task<IActionResult> Change()
    {
        var form = await SentForm.ReadAsync(Request);
        var owner = HttpContext.Owner();
        var before = owner.IsUser ? await store.FindAsync(owner, HttpContext.RequestAborted) : null;
        before ??= PreferenceCookies.Read(Request);
        var after = Changed(before, form);
        if (owner.IsUser && after != before)
            await store.KeepAsync(owner, after);
        PreferenceCookies.Store(HttpContext, after);
        return new SeeOther(form["page"] == SettingsPage ? Request.LocalPathOf("/settings?saved=true") : Back());
    }

    /// <summary>A box that is not ticked sends nothing, so its form has the other choice in a hidden field before it.</summary>
    private static UserPreferences Changed(UserPreferences preferences, IFormCollection form)
    {
        foreach (var name in UserPreferences.Choices.Keys)
        {
            if (form[name] is [.., { } choice])
                preferences = preferences.With(name, choice);
        }
        if (form["language"] is [.., { } language])
        {
            if (language == "auto")
                preferences = preferences with { Language = null };
            else if (Language.Find(language) is { } known)
                preferences = preferences with { Language = known.Culture };
        }
        if (form["notice"] is [.., { Length: > 0 and <= 16 } notice] && notice.All(IsOfName))
            preferences = preferences with { Notice = notice };
        return preferences;
    }

    private static bool IsOfName(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_';

    /// <summary>
    /// The path of the page that the form was on. The host in <c>Referer</c> is ignored, so it is a page of this site.
    /// </summary>
    private string Back() =>
        Uri.TryCreate(Request.Headers.Referer, UriKind.Absolute, out var page) && Url.IsLocalUrl(page.PathAndQuery)
            ? page.PathAndQuery
            : Url.Content("~/");
}
