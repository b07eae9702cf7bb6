using ChatStream.Web.Contract;
using ChatStream.Web.Files;
using ChatStream.Web.Sharing;
using ChatStream.Web.Storage;
using ChatStream.Web.Views.Reading;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>
/// What users share, for readers. Nothing of it is stored anywhere, found by search engines, or told to other sites. What is not
/// shared, is no longer shared or never was is one page.
/// </summary>
[Route("s")]
[OpenToReaders]
[RefusalFilter]
[HeadLikeGet]
public sealed class SharedController(ISharing sharing, IFileDesk files) : Controller
{
    /// <summary>The copy of a conversation.</summary>
    [HttpGet("{token}")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show([FromRoute] string token)
    {
        SetHeaders();
        return await sharing.FindAsync(token, HttpContext.RequestAborted) is { } shared
            ? View("~/Views/Reading/Index.cshtml", PageOf(shared, token))
            : Gone();
    }

    /// <summary>A file of the copy: an image, or the text of another file.</summary>
    [HttpGet("{token}/files/{id}")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    public async Task<IActionResult> ShowFile([FromRoute] string token, [FromRoute] string id)
    {
        SetHeaders();
        var aborted = HttpContext.RequestAborted;
        if (await sharing.FindFileAsync(token, id, aborted) is not { } owner)
            return Gone();
        var file = await files.FindAsync(owner, id, aborted);
        return await files.TextAsync(owner, file, aborted) is { } text
            ? StoredFileResult.OfText(text)
            : new StoredFileResult(files, owner, file) { IsStored = false };
    }

    private static SharedPage PageOf(SharedConversation shared, string token) => new(
        shared.Share.Title, shared.Share.CreatedAt, $"~/s/{token}/files",
        [.. shared.Turns.Select(turn => MessageOf(turn, shared.Files))]);

    private static SharedMessage MessageOf(IReadOnlyList<Message> turn, ILookup<string, FileEntry> files) => new(
        turn[0].Role == MessageRole.User, string.Concat(turn.Select(message => message.Text)),
        [.. turn.Select(message => message.Reasoning ?? "").Where(reasoning => reasoning.Length > 0)],
        [.. turn.SelectMany(message => files[message.Id])]);

    private ViewResult Gone()
    {
        if (!ProblemResult.IsPageWanted(HttpContext))
            throw new RefusedException(404, "token", "Nothing is shared at this address, or it no longer is.");
        Response.StatusCode = StatusCodes.Status404NotFound;
        return View("~/Views/Reading/Gone.cshtml");
    }

    private void SetHeaders()
    {
        Response.Headers.CacheControl = "no-store";
        Response.Headers["Referrer-Policy"] = "no-referrer";
        Response.Headers["X-Robots-Tag"] = "noindex, nofollow, noarchive";
    }
}
