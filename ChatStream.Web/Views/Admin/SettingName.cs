using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Html;

namespace ChatStream.Web.Views.Admin;

/// <summary>
/// The name of a setting as markup that a narrow screen breaks between its words: <c>Limits:ImportsPerMinute</c>.
/// </summary>
internal static partial class SettingName
{
    public static IHtmlContent Of(string name) =>
        new HtmlString(string.Join("<wbr>", Words().Split(name).Select(HtmlEncoder.Default.Encode)));

    [GeneratedRegex("(?<=[:_])(?=.)|(?<=[a-z0-9])(?=[A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
