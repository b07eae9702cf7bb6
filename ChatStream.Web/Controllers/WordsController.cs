using ChatStream.Web.Views;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace ChatStream.Web.Controllers;

/// <summary>Words of the page that few users need, in the user's language. So each page need not have them.</summary>
[Route("words")]
[HeadLikeGet]
[ApiExplorerSettings(IgnoreApi = true)]
public sealed class WordsController(IStringLocalizer<Words> words) : Controller
{
    private const string Prefix = "later.";

    [HttpGet("")]
    public IActionResult List() => new WireResult(words.GetAllStrings(includeParentCultures: true)
        .Where(word => word.Name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(word => word.Name, word => word.Value));
}
