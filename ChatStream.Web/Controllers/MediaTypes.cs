namespace ChatStream.Web.Controllers;

/// <summary>The types of responses, as actions declare them.</summary>
internal static class MediaTypes
{
    public const string EventStream = "text/event-stream";
    public const string Json = "application/json";
    public const string Problem = "application/problem+json";
    public const string Html = "text/html";
    public const string Markdown = "text/markdown";

    /// <summary>What browsers call a ZIP archive.</summary>
    public static readonly IReadOnlyList<string> Archives = ["application/zip", "application/x-zip-compressed"];
}
