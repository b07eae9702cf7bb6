using ChatStream.Web.Contract;
using ChatStream.Web.Files;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>
/// The whole tree of a conversation with its files as JSON. Each file is read as it is written, so a fault in between breaks the
/// connection.
/// </summary>
internal sealed class TreeResult(IFileExport files, Owner owner, ConversationTree tree) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var (http, response) = (context.HttpContext, context.HttpContext.Response);
        response.ContentType = $"{MediaTypes.Json}; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        await files.WriteAsync(owner, tree, response.Body, http.RequestAborted);
    }
}
