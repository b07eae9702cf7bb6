using System.Diagnostics;
using ChatStream.Web.Contract;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>An answer as one JSON object.</summary>
internal sealed class AnswerResult(Answer answer, int status) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context)
    {
        context.HttpContext.TagGeneration(answer.GenerationId);
        var response = context.HttpContext.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        return response.WriteAsJsonAsync(answer, WireJson.Wire.Answer, cancellationToken: context.HttpContext.RequestAborted);
    }
}

internal static class GenerationTag
{
    /// <summary>Puts the generation's id on each log line of the request.</summary>
    public static void TagGeneration(this HttpContext _, string generationId) =>
        Activity.Current?.SetTag("chatstream.generation.id", generationId);
}
