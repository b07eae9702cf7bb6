using System.ComponentModel.DataAnnotations;
using ChatStream.Web.Contract;
using ChatStream.Web.Files;
using ChatStream.Web.Providers;
using ChatStream.Web.Storage;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>Takes files that a message can name, and gives them to the one who uploaded them.</summary>
[Route("files")]
[RefusalFilter]
[HeadLikeGet]
public sealed class FilesController(IFileDesk files, ModelCatalog catalog) : Controller
{
    /// <summary>Stores the file of a form, the part <c>file</c>.</summary>
    /// <param name="model">The model by which an image's tokens are counted; absent: the default one.</param>
    [HttpPost("")]
    [LimitUploads]
    [ProducesResponseType<FileEntry>(StatusCodes.Status201Created, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status413PayloadTooLarge, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status415UnsupportedMediaType, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status429TooManyRequests, MediaTypes.Problem)]
    public async Task<IActionResult> Upload([FromQuery] string? model)
    {
        var counting = Counting(model);
        var (name, content) = await UploadedFile.ReadAsync(Request, files.MostBytes);
        var stored = await files.TakeAsync(HttpContext.Owner(), name, content, HttpContext.RequestAborted);
        Response.Headers.Location = Request.LocalPathOf($"/files/{stored.Id}");
        return new WireResult(EntryOf(stored, counting), StatusCodes.Status201Created);
    }

    /// <summary>The content of a file, or what is known of it.</summary>
    /// <param name="id">The file.</param>
    /// <param name="format"><c>text</c>: the text that a model gets; <c>json</c>: a <see cref="FileEntry"/> with it.</param>
    /// <param name="model">As in the upload.</param>
    [HttpGet("{id}")]
    [ProducesResponseType<FileEntry>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Show(
        [FromRoute] string id, [FromQuery, AllowedValues("content", "text", "json")] string format = "content",
        [FromQuery] string? model = null)
    {
        var (owner, aborted) = (HttpContext.Owner(), HttpContext.RequestAborted);
        var counting = Counting(model);
        var file = await files.FindAsync(owner, id, aborted);
        if (format == "content")
            return new StoredFileResult(files, owner, file);
        var text = await files.TextAsync(owner, file, aborted);
        if (format == "json")
            return new WireResult(EntryOf(file, counting) with { Text = text });
        return StoredFileResult.OfText(text ?? throw new RefusedException(404, "format", "An image has no text."));
    }

    private Model? Counting(string? name) => name is null
        ? catalog.For(HttpContext.Rights()).FirstOrDefault()
        : catalog.Find(name, HttpContext.Rights()) ?? throw new RefusedException(
            400, "model", "There is no such model. GET /models lists those there are.", "unknown_model");

    private static FileEntry EntryOf(StoredFile file, Model? model) => new(
        file.Id, file.Name, file.Kind, file.MediaType, file.Bytes)
    {
        Tokens = file is { Width: { } width, Height: { } height } ? model?.TokensOfImage(width, height) : file.Tokens,
        Width = file.Width,
        Height = file.Height,
    };
}
