using System.Globalization;
using System.Text;
using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace ChatStream.Web.Controllers;

/// <summary>Lists, searches, reads, changes, removes, downloads and uploads conversations.</summary>
[Route("conversations")]
[RefusalFilter]
internal sealed class ConversationsController(ConversationLibrary library, AnswerLookup answers, AnswerStopper stopper) : Controller
{
    private const int LargestImport = 32 * 1024 * 1024;
    private const int MostAtOnce = 100;
    public const int UsualNumber = 30;

    /// <summary>A page of them, newest first; with <c>q</c>, those it is found in.</summary>
    [HttpGet("")]
    public async Task<IActionResult> List()
    {
        var limit = UsualNumber;
        if (Request.Parameter("limit") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MostAtOnce))
            throw new RefusedException(400, "limit", $"limit is a number from 1 to {MostAtOnce}.");
        var page = await library.ListAsync(
            HttpContext.Owner(), Request.Parameter("q"), Request.Parameter("before"), limit, HttpContext.RequestAborted);
        return new WireResult<ConversationPage>(page, WireJson.Wire.ConversationPage);
    }

    /// <summary>The tree: every message, each naming its parent.</summary>
    [HttpGet("{id}")]
    public async Task<IActionResult> Tree(string id) =>
        new WireResult<ConversationTree>(await TreeAsync(id), WireJson.Wire.ConversationTree);

    /// <summary>Renames it, or remembers the path that is shown.</summary>
    [HttpPatch("{id}")]
    [RequestSizeLimit(RequestReading.LargestBody)]
    public async Task<IActionResult> Change(string id)
    {
        var change = await Request.ReadJsonAsync(WireJson.Wire.ConversationChange, HttpContext.RequestAborted);
        var changed = await library.ChangeAsync(HttpContext.Owner(), id, change) ?? throw Unknown();
        return new WireResult<ConversationSummary>(changed, WireJson.Wire.ConversationSummary);
    }

    /// <summary>Removes it, and stops what runs in it.</summary>
    [HttpDelete("{id}")]
    public async Task<IActionResult> Delete(string id)
    {
        var running = await library.DeleteAsync(HttpContext.Owner(), id) ?? throw Unknown();
        await stopper.StopDeletedAsync(HttpContext.Owner(), id, running);
        return NoContent();
    }

    /// <summary>Downloads it: the path last shown as Markdown, or everything as JSON.</summary>
    [HttpGet("{id}/export")]
    public async Task<IActionResult> Export(string id)
    {
        var format = Request.Parameter("format") ?? "md";
        if (format is not ("md" or "json"))
            throw new RefusedException(400, "format", "format is md or json.");
        var tree = await TreeAsync(id);
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName($"{FileName(tree.Title)}.{format}");
        Response.Headers.ContentDisposition = disposition.ToString();
        return format == "json"
            ? new WireResult<ConversationTree>(tree, WireJson.Wire.ConversationTree)
            : File(Encoding.UTF8.GetBytes(MarkdownExport.Write(tree)), "text/markdown; charset=utf-8");
    }

    /// <summary>Uploads what was downloaded as JSON, as a new conversation.</summary>
    [HttpPost("import")]
    [RequestSizeLimit(LargestImport)]
    public async Task<IActionResult> Import()
    {
        var tree = await Request.ReadJsonAsync(WireJson.Wire.ConversationTree, HttpContext.RequestAborted, LargestImport);
        var id = await library.ImportAsync(HttpContext.Owner(), tree);
        Response.Headers.Location = $"/chat/{id}";
        return new WireResult<ConversationTree>(await TreeAsync(id), WireJson.Wire.ConversationTree, StatusCodes.Status201Created);
    }

    private async Task<ConversationTree> TreeAsync(string id)
    {
        var (owner, aborted) = (HttpContext.Owner(), HttpContext.RequestAborted);
        var conversation = await library.FindAsync(owner, id, aborted) ?? throw Unknown();
        await answers.UpdateRunningAsync(owner, conversation.Messages, aborted);
        return conversation.ToTree();
    }

    private static string FileName(string title)
    {
        var name = string.Concat(title.Select(c => char.IsControl(c) || "\\/:*?\"<>|".Contains(c, StringComparison.Ordinal) ? '_' : c)).Trim(' ', '.');
        return name.Length == 0 ? "conversation" : name;
    }

    private static RefusedException Unknown() => new(404, "id", "There is no such conversation.");
}
