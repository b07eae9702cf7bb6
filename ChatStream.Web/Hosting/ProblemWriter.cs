namespace ChatStream.Web.Hosting;

/// <summary>
/// Writes a problem where the runtime's own writer would not: to a client that takes event streams only, as EventSource does,
/// it would send a status without a word.
/// </summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context) => new(context.HttpContext.Response.WriteAsJsonAsync(
        context.ProblemDetails, options: null, "application/problem+json", context.HttpContext.RequestAborted));
}
