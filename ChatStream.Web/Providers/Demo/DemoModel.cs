namespace ChatStream.Web.Providers.Demo;

/// <summary>What the demo model can act out, for pages that offer it.</summary>
internal static class DemoModel
{
    /// <summary>Some of its words. <c>/help</c> names them all.</summary>
    public static readonly IReadOnlyList<string> Scenes = ["/markdown", "/code", "/reason", "/long", "/fail", "/help"];
}
