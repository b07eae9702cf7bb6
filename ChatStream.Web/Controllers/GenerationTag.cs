using System.Diagnostics;

namespace ChatStream.Web.Controllers;

internal static class GenerationTag
{
    /// <summary>Puts the generation's id on each later log line of the request.</summary>
    public static void TagGeneration(this HttpContext _, string generationId) =>
        Activity.Current?.SetTag("chatstream.generation.id", generationId);
}
