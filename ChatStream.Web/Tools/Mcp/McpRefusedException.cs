using System.Net;

namespace ChatStream.Web.Tools.Mcp;

/// <summary>A server that is an address has answered a request with a status that is no success.</summary>
/// <param name="status">The status.</param>
/// <param name="hasSession">Whether the request named a session.</param>
/// <param name="words">The server's words; null: none that can be read.</param>
internal sealed class McpRefusedException(HttpStatusCode status, bool hasSession, string? words)
    : Exception($"The tool server answered with HTTP {(int)status}.")
{
    public int Status => (int)status;

    /// <summary>Whether the server has said that the session is gone.</summary>
    public bool IsSessionGone => hasSession && status == HttpStatusCode.NotFound;

    /// <summary>Whether the session may be gone. Some servers say so with 400, which also means a wrong request.</summary>
    public bool MayBeSessionGone => hasSession && status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest;

    /// <summary>
    /// What came of the call: up to 499 it was refused, and from 500 on it may have been begun. So it may where a proxy has
    /// waited for too long (408), or thinks that the client has gone (499).
    /// </summary>
    public ToolOutcome Outcome => Status is >= 499 or 408
        ? ToolOutcome.Unknown($"The tool's server failed (HTTP {Status}).")
        : ToolOutcome.Fault(
            $"The tool's server refused the call (HTTP {Status}{(words is null ? "" : $": {words}")}). The call was not made.");
}
