using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.AspNetCore.Mvc.Filters;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Turns a <see cref="RefusedException"/> into its problem, and a failure of the database into a 503. A request about an answer
/// that another instance runs is forwarded to that one.
/// </summary>
internal sealed partial class RefusalFilterAttribute : ExceptionFilterAttribute
{
    public override void OnException(ExceptionContext context)
    {
        if (context.Exception is RefusedException refused)
        {
            NextInstance.Offer(context.HttpContext, refused.Refusal);
            context.Result = ProblemResult.Of(refused.Refusal);
        }
        else if (context.Exception is RunsElsewhereException elsewhere)
        {
            context.Result = new ForwardedResult(elsewhere.Instance);
        }
        else if (context.Exception is StorageException || StorageException.IsBehind(context.Exception))
        {
            var logger = context.HttpContext.RequestServices.GetRequiredService<ILogger<RefusalFilterAttribute>>();
            Log.DatabaseFailed(logger, context.Exception);
            context.Result = ProblemResult.Of(OfStorage(context.Exception as StorageException));
        }
        context.ExceptionHandled = context.Result is not null;
    }

    private static Refusal OfStorage(StorageException? unwritten) => unwritten switch
    {
        null => new(503, Field: null, "The database does not answer.") { Code = "not_stored", RetryAfter = 5 },
        { IsUnknown: false } => new(503, Field: null, "The database cannot be written to. Nothing was started or changed.")
        {
            Code = "not_stored",
            RetryAfter = 5,
        },
        _ => new(503, Field: null, "The database did not answer. It is not known whether it took what was sent.")
        {
            Code = "maybe_stored",
            RetryAfter = 5,
        },
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A request was refused because the database failed.")]
        public static partial void DatabaseFailed(ILogger logger, Exception fault);
    }
}
