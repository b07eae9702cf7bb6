using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>The contract as OpenAPI 3.1, for programs that make or check clients. Its source is Contract/openapi.json.</summary>
[HeadLikeGet]
public sealed class OpenApiController : Controller
{
    private const string Resource = "openapi.json";

    private static readonly Lazy<JsonObject> Document = new(Read);

    [HttpGet("/openapi.json")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    public ContentResult Show()
    {
        var document = Document.Value.DeepClone();
        document["servers"] = new JsonArray(new JsonObject { ["url"] = Request.LocalPathOf("/") });
        Response.Headers.CacheControl = "no-cache";
        return Content(document.ToJsonString(), MediaTypes.Json, Encoding.UTF8);
    }

    private static JsonObject Read()
    {
        using var source = typeof(OpenApiController).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not in the assembly.");
        return JsonNode.Parse(source)!.AsObject();
    }
}
