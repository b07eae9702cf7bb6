using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Files;
using ChatStream.Web.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace ChatStream.Web.Controllers;

/// <summary>
/// The content of a file, with the type that was found when it was read. Only images are shown by a browser. All else is saved.
/// Whatever it is, it is shown in a sandbox, and nothing in it may load or run anything.
/// </summary>
internal sealed class StoredFileResult(IFileDesk files, Owner owner, StoredFile file) : IActionResult
{
    /// <summary>The Content-Security-Policy of what users have uploaded.</summary>
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

    /// <summary>Whether browsers may keep it, and ask each time whether it is still there.</summary>
    public bool IsStored { get; init; } = true;

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var (http, response) = (context.HttpContext, context.HttpContext.Response);
        var isImage = file.Kind == FileKind.Image;
        SetHeaders(response, isImage ? file.MediaType : file.Kind == FileKind.Text ? TextType : file.MediaType);
        var disposition = new ContentDispositionHeaderValue(isImage ? "inline" : "attachment");
        disposition.SetHttpFileName(file.Name);
        response.Headers.ContentDisposition = disposition.ToString();
        if (!IsStored)
            response.Headers.CacheControl = "no-store";
        // Each use is asked for, because the file may be gone. The content of an id never changes.
        var tag = new EntityTagHeaderValue($"\"{file.Id}\"");
        response.GetTypedHeaders().ETag = tag;
        if (http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentLength = file.Bytes;
        if (HttpMethods.IsHead(http.Request.Method))
            return;
        await foreach (var part in files.ContentAsync(owner, file, http.RequestAborted))
            await response.Body.WriteAsync(part, http.RequestAborted);
    }

    /// <summary>A text, shown as it is.</summary>
    public static IActionResult OfText(string text) => new TextResult(text);

    private const string TextType = "text/plain; charset=utf-8";

    private static void SetHeaders(HttpResponse response, string type)
    {
        response.ContentType = type;
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "private, no-cache";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private sealed class TextResult(string text) : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context)
        {
            var response = context.HttpContext.Response;
            SetHeaders(response, TextType);
            response.Headers.CacheControl = "no-store";
            return response.WriteAsync(text, Encoding.UTF8, context.HttpContext.RequestAborted);
        }
    }
}
