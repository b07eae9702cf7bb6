using ChatStream.Web.Contract;
using ChatStream.Web.Controllers;
using Microsoft.AspNetCore.WebUtilities;

namespace ChatStream.Web.Hosting;

/// <summary>
/// Writes the problems that no action wrote, such as those for an unknown path, as <see cref="ProblemResult"/> does.
/// </summary>
internal sealed class ProblemWriter(Predicate<HttpContext> canWrite) : IProblemDetailsWriter
{
    /// <summary>
    /// Registers the writers of problems, in the order in which they are asked: pages for browsers, the framework's own for
    /// clients that accept JSON, and one for all others. The framework would send those, EventSource among them, a status without
    /// a body.
    /// </summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter>(new ProblemWriter(ProblemResult.IsPageWanted));
        services.AddProblemDetails(options =>
            options.CustomizeProblemDetails = context => SecurityHeaders.SetOn(context.HttpContext));
        services.AddSingleton<IProblemDetailsWriter>(new ProblemWriter(_ => true));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Encoder = MinimalEscaping.Instance);
    }

    public bool CanWrite(ProblemDetailsContext context) => canWrite(context.HttpContext);

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        SecurityHeaders.SetOn(context.HttpContext);
        var problem = context.ProblemDetails;
        problem.Type ??= "about:blank";
        if (problem.Status is { } status)
            problem.Title ??= ReasonPhrases.GetReasonPhrase(status);
        return new(ProblemResult.WriteAsync(context.HttpContext, context.ProblemDetails));
    }
}
