using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>A payload of the contract as the JSON body.</summary>
internal sealed class WireResult<T>(T payload, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        return response.WriteAsJsonAsync(payload, type, cancellationToken: context.HttpContext.RequestAborted);
    }
}
