using ChatStream.Web.Contract;
using ChatStream.Web.Conversations.Presets;
using ChatStream.Web.Providers;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>The models that a start may name.</summary>
[Route("models")]
[HeadLikeGet]
public sealed class ModelsController(ModelCatalog catalog, PresetCatalog presets) : Controller
{
    [HttpGet("")]
    [ProducesResponseType<ModelList>(StatusCodes.Status200OK, MediaTypes.Json)]
    public IActionResult List()
    {
        var open = catalog.For(HttpContext.Rights()).ToList();
        var models = open.Select(model => new ModelEntry(model.Name, model.Label, Present(model == open[0]))
        {
            Description = model.Description.Length > 0 ? model.Description : null,
            ContextTokens = model.ContextTokens,
            Images = Present(model.Images),
            Tools = Present(model.Tools),
            Efforts = model.Efforts.Count > 0 ? model.Efforts : null,
            Verbosity = Present(model.Verbosity),
        });
        // Where it is the same for every user, caches are left to their own rules.
        return new WireResult(new ModelList([.. models], catalog.IsDemo, [.. presets.All.Select(Of)]))
        {
            CacheControl = catalog.HasGroups ? "no-store" : null,
        };
    }

    private static PresetEntry Of(Preset preset) => new(
        preset.Name, preset.Label, preset.Labels.Count > 0 ? preset.Labels : null,
        preset.Description.Length > 0 ? preset.Description : null)
    {
        Effort = preset.Effort,
        Verbosity = preset.Verbosity,
    };

    private static bool? Present(bool value) => value ? true : null;
}
