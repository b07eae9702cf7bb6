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
        var models = catalog.Models.Select(model => new ModelEntry(model.Name, model.Label, Present(model == catalog.Default))
        {
            Description = model.Description.Length > 0 ? model.Description : null,
            ContextTokens = model.ContextTokens,
            Images = Present(model.Images),
            Tools = Present(model.Tools),
            Efforts = model.Efforts.Count > 0 ? model.Efforts : null,
            Verbosity = Present(model.Verbosity),
        });
        // The same for every user, so that caches are left to their own rules.
        return new WireResult(new ModelList([.. models], catalog.IsDemo)) { CacheControl = null };
    }

    private static bool? Present(bool value) => value ? true : null;
}
