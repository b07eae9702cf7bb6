using System.Text.Json;
using System.Text.Json.Serialization;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>The models that a start may name.</summary>
[Route("models")]
internal sealed class ModelsController(ModelCatalog catalog) : Controller
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Encoder = MinimalEscaping.Instance,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary><c>{models: [{name, label, default?}], demo}</c>, the default one first.</summary>
    [HttpGet("")]
    public IActionResult List() => Json(new
    {
        models = catalog.Models.Select(model => new { name = model.Name, label = model.Label, @default = model == catalog.Default ? true : (bool?)null }),
        demo = catalog.IsDemo,
    }, Format);
}
