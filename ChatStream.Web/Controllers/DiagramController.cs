using ChatStream.Web.Views;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>The frame in which the chat page has diagrams drawn.</summary>
[Route("diagram")]
[HeadLikeGet]
[ApiExplorerSettings(IgnoreApi = true)]
public sealed class DiagramController : Controller
{
    [HttpGet("")]
    public IActionResult Show()
    {
        Response.Headers.ContentSecurityPolicy = ContentPolicy.OfDiagram;
        return View("Frame");
    }
}
