using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>The models that a start may name.</summary>
[Route("models")]
public sealed class ModelsController(ModelCatalog catalog) : Controller
{
    [HttpGet("")]
    [ProducesResponseType<ModelList>(StatusCodes.Status200OK, MediaTypes.Json)]
    public IActionResult List()
    {
        var models = catalog.Models.Select(model =>
            new ModelEntry(model.Name, model.Label, model == catalog.Default ? true : null));
        // The same for every user, so that caches are left to their own rules.
        return new WireResult(new ModelList([.. models], catalog.IsDemo)) { CacheControl = null };
    }
}
