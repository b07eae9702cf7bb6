using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChatStream.Web.Views;

/// <summary>
/// <c>&lt;icon name="copy" /&gt;</c>: an icon of <c>Shared/_Icons.cshtml</c>. With <c>label</c>, screen readers read that text;
/// without, they skip the icon.
/// </summary>
[HtmlTargetElement("icon", Attributes = "name", TagStructure = TagStructure.WithoutEndTag)]
public sealed class IconTagHelper : TagHelper
{
    public string Name { get; set; } = "";

    /// <summary>More classes, for the style sheet.</summary>
    public string? Class { get; set; }

    public string? Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Class is null ? "icon" : $"icon {Class}");
        output.Attributes.SetAttribute("aria-hidden", "true");
        output.Content.AppendHtml("<use href=\"#i-").Append(Name).AppendHtml("\"></use>");
        if (Label is not null)
            output.PostElement.AppendHtml("<span class=\"visually-hidden\">").Append(Label).AppendHtml("</span>");
    }
}
