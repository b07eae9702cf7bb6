using ChatStream.Web.Contract;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>A payload of the contract as the JSON body.</summary>
internal sealed class WireResult(object payload, int status = StatusCodes.Status200OK) : IActionResult
{
    /// <summary>By default nothing is stored, because it is a user's own. Null: the header is left as it is.</summary>
    public string? CacheControl { get; init; } = "no-store";

    public Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.StatusCode = status;
        if (CacheControl is not null)
            response.Headers.CacheControl = CacheControl;
        return response.WriteAsJsonAsync(payload, WireJson.Wire.GetTypeInfo(payload.GetType())!,
            contentType: null, context.HttpContext.RequestAborted);
    }
}
