using System.Globalization;
using System.ComponentModel.DataAnnotations;
using System.Text;
using ChatStream.Web.Admin;
using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Files;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace ChatStream.Web.Controllers;

/// <summary>Lists, searches, reads, changes, removes, exports and imports conversations.</summary>
[Route("conversations")]
[RefusalFilter]
[HeadLikeGet]
public sealed class ConversationsController(
    IConversationLibrary library, IWastebasket basket, IAnswerLookup answers, IAnswerStopper stopper, IFileExport files,
    IAuditLog audit) : Controller
{
    /// <summary>The most conversations of a page: 100 of them are about 20 KB.</summary>
    private const int MostOfPage = 100;

    /// <summary>The conversations of a page if the client names no limit: more than a list shows without scrolling.</summary>
    internal const int UsualOfPage = 30;

    /// <summary>A page of conversations, newest first. With <paramref name="q"/>: those that have all its words.</summary>
    /// <param name="q">Words to search for.</param>
    /// <param name="before"><c>next</c> of the page before.</param>
    /// <param name="limit">The most conversations to return.</param>
    /// <param name="folder">
    /// A folder, <c>archive</c>, or <c>none</c>. Absent: all; without words, the archive is left out.
    /// </param>
    /// <param name="pinned">Only pinned ones, or only others. Absent: both.</param>
    [HttpGet("")]
    [ProducesResponseType<ConversationPage>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    public async Task<IActionResult> List(
        [FromQuery] string? q, [FromQuery] string? before, [FromQuery, Range(1, MostOfPage)] int limit = UsualOfPage,
        [FromQuery] string? folder = null, [FromQuery, AllowedValues("true", "false")] string? pinned = null)
    {
        var query = new ListQuery(q, before, limit) { Folder = folder, Pinned = pinned is null ? null : pinned == "true" };
        return new WireResult(await library.ListAsync(HttpContext.Owner(), query, HttpContext.RequestAborted));
    }

    /// <summary>The tree: all messages, each with the id of its parent.</summary>
    [HttpGet("{id}")]
    [ProducesResponseType<ConversationTree>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Tree([FromRoute] string id) => new WireResult(await TreeAsync(id));

    /// <summary>Renames, pins or moves the conversation, or stores which path is shown.</summary>
    [HttpPatch("{id}")]
    [BodyLimit(RequestLimits.Body)]
    [ProducesResponseType<ConversationSummary>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status409Conflict, MediaTypes.Problem)]
    public async Task<IActionResult> Change([FromRoute] string id, [FromBody] ConversationChange change) =>
        new WireResult(await library.ChangeAsync(HttpContext.Owner(), id, change) ?? throw Unknown());

    /// <summary>
    /// Deletes the conversation, and stops the answers that run in it. For a while it can be restored.
    /// </summary>
    [HttpDelete("{id}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Delete([FromRoute] string id)
    {
        if (!await DeleteAsync(id))
            throw Unknown();
        return NoContent();
    }

    /// <summary>Deletes several conversations, and stops the answers that run in them. Unknown ids are skipped.</summary>
    [HttpPost("delete")]
    [BodyLimit(RequestLimits.Body)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    public async Task<IActionResult> DeleteMany([FromBody] ConversationIds conversations)
    {
        foreach (var id in Checked(conversations.Ids))
            await DeleteAsync(id);
        return NoContent();
    }

    /// <summary>Restores conversations that were deleted a short while ago. Ids that cannot be restored are skipped.</summary>
    [HttpPost("restore")]
    [BodyLimit(RequestLimits.Body)]
    [ProducesResponseType<ConversationIds>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    public async Task<IActionResult> Restore([FromBody] ConversationIds conversations)
    {
        var restored = await basket.RestoreAsync(HttpContext.Owner(), Checked(conversations.Ids));
        foreach (var id in restored.New)
            await audit.NoteAsync(HttpContext.Caller(), AuditAction.ConversationRestored, id);
        return new WireResult(new ConversationIds { Ids = restored.Ids });
    }

    /// <summary>Puts several conversations into a folder or the archive, or takes them out. Unknown ids are skipped.</summary>
    [HttpPost("move")]
    [BodyLimit(RequestLimits.Body)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Move([FromBody] ConversationMove move)
    {
        var ids = Checked(move.Ids);
        if (move.FolderId is not { Text: var folderId })
            throw new RefusedException(400, "folderId", "The folder is missing; null takes them out.");
        await library.MoveAsync(HttpContext.Owner(), ids, folderId);
        return NoContent();
    }

    /// <summary>Downloads the path last shown as Markdown, or the whole tree as JSON.</summary>
    [HttpGet("{id}/export")]
    [LimitExports]
    [ProducesResponseType<ConversationTree>(StatusCodes.Status200OK, MediaTypes.Json, MediaTypes.Markdown)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status429TooManyRequests, MediaTypes.Problem)]
    public async Task<IActionResult> Export([FromRoute] string id, [FromQuery, AllowedValues("md", "json")] string format = "md")
    {
        Response.Headers.CacheControl = "no-store";
        if (format == "json")
        {
            var tree = await TreeAsync(id);
            if (tree.Temporary == true)
                throw Temporary();
            await NoteExportAsync(id);
            NameFile(tree.Title, format);
            return new TreeResult(files, HttpContext.Owner(), tree);
        }
        var (owner, aborted) = (HttpContext.Owner(), HttpContext.RequestAborted);
        var shown = await library.FindShownAsync(owner, id, aborted) ?? throw Unknown();
        if (shown.Conversation.IsTemporary)
            throw Temporary();
        await answers.UpdateRunningAsync(owner, shown.Path, aborted);
        await NoteExportAsync(id);
        NameFile(shown.Conversation.Title, format);
        return File(Encoding.UTF8.GetBytes(MarkdownExport.Write(shown)), $"{MediaTypes.Markdown}; charset=utf-8");
    }

    /// <summary>
    /// Stores an exported tree as a new conversation, or the conversations of an export of another program, which may be an
    /// archive.
    /// </summary>
    [HttpPost("import")]
    [LimitImports]
    [BodyLimit(RequestLimits.Import)]
    [ProducesResponseType<ConversationTree>(StatusCodes.Status201Created, MediaTypes.Json)]
    [ProducesResponseType<ImportReport>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status429TooManyRequests, MediaTypes.Problem)]
    public async Task<IActionResult> Import()
    {
        var report = await WireInputFormatter.ReadAsync(
            HttpContext,
            async _ => await library.ImportAsync(
                HttpContext.Owner(), await Request.SpoolAsync(HttpContext.RequestAborted), HttpContext.RequestAborted),
            MediaTypes.Archives);
        if (!report.IsOwn)
            return new WireResult(report);
        var id = report.Conversations[0].Id;
        Response.Headers.Location = Request.LocalPathOf($"/conversations/{id}");
        var tree = await TreeAsync(id) with { Left = report.Left.Count > 0 ? report.Left : null };
        return new WireResult(tree, StatusCodes.Status201Created);
    }

    private async Task<bool> DeleteAsync(string id)
    {
        if (await basket.DeleteAsync(HttpContext.Owner(), id) is not { } running)
            return false;
        await stopper.StopDeletedAsync(HttpContext.Owner(), id, running);
        await audit.NoteAsync(HttpContext.Caller(), AuditAction.ConversationDeleted, id);
        return true;
    }

    private static List<string> Checked(IReadOnlyList<string>? ids)
    {
        if (ids is null)
            throw new RefusedException(400, "ids", "The ids of the conversations are missing.");
        if (ids.Count > ConversationIds.Most)
            throw new RefusedException(400, "ids", $"At most {ConversationIds.Most} conversations are changed at once.");
        if (!ids.All(id => Ids.IsId(id)))
            throw new RefusedException(400, "ids", "One of these is not the id of a conversation.");
        return [.. ids.Distinct(StringComparer.Ordinal)];
    }

    private Task NoteExportAsync(string id) => HttpMethods.IsHead(Request.Method)
        ? Task.CompletedTask
        : audit.NoteAsync(HttpContext.Caller(), AuditAction.ConversationExported, id);

    private async Task<ConversationTree> TreeAsync(string id)
    {
        var (owner, aborted) = (HttpContext.Owner(), HttpContext.RequestAborted);
        var conversation = await library.FindAsync(owner, id, aborted) ?? throw Unknown();
        await answers.UpdateRunningAsync(owner, conversation.Messages, aborted);
        return conversation.ToTree();
    }

    private void NameFile(string title, string format)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName($"{FileName(title)}.{format}");
        Response.Headers.ContentDisposition = disposition.ToString();
    }

    /// <summary>
    /// The title without the characters that Windows does not allow in the name of a file, and without those that turn the
    /// direction of writing: the name would seem to end in something else.
    /// </summary>
    private static string FileName(string title)
    {
        var allowed = title.Select(c => IsInvisible(c) || "\\/:*?\"<>|".Contains(c, StringComparison.Ordinal) ? '_' : c);
        var name = string.Concat(allowed).Trim(' ', '.');
        return name.Length == 0 ? "conversation" : name;
    }

    private static RefusedException Temporary() =>
        new(409, "id", "A temporary conversation is not exported.", "temporary");

    // Joiners are part of some scripts and of emoji.
    private static bool IsInvisible(char c) => c is not ('\u200c' or '\u200d')
        && char.GetUnicodeCategory(c)
            is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static RefusedException Unknown() => new(404, "id", "There is no such conversation.");
}
