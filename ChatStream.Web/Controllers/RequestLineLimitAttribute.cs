using ChatStream.Web.Contract;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc.Filters;

namespace ChatStream.Web.Controllers;

/// <summary>Refuses a GET whose request line is too long with 414, before its parameters are looked at.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequestLineLimitAttribute : Attribute, IResourceFilter
{
    private static readonly int AroundTarget = "GET  HTTP/1.1".Length;

    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        var request = context.HttpContext.Request;
        if (HttpMethods.IsGet(request.Method)
            && AroundTarget + request.GetEncodedPathAndQuery().Length > RequestLimits.RequestLine)
            context.Result = ProblemResult.Of(new Refusal(414, "message",
                $"The request line is longer than {RequestLimits.RequestLine} bytes: POST the message instead."));
    }

    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}
