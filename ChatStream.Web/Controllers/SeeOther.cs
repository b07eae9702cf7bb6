using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>303: the browser gets the page at <paramref name="path"/>, also after a POST.</summary>
internal sealed class SeeOther(string path) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.StatusCode = StatusCodes.Status303SeeOther;
        response.Headers.Location = path;
        response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
