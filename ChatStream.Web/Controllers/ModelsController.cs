using ChatStream.Web.Providers;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>The models that a start may name.</summary>
[Route("models")]
public sealed class ModelsController : Controller
{
    private readonly ModelCatalog _catalog;

    /// <summary>Made by MVC.</summary>
    public ModelsController(IServiceProvider services) => _catalog = services.GetRequiredService<ModelCatalog>();

    /// <summary><c>{models: [{name, label, default?}], demo}</c>, the default one first.</summary>
    [HttpGet("")]
    public IActionResult List() => Json(new
    {
        models = _catalog.Models.Select(model => new { name = model.Name, label = model.Label, @default = model == _catalog.Default }),
        demo = _catalog.IsDemo,
    });
}
