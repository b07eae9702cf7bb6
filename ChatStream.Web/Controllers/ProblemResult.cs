using System.Globalization;
using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Telemetry;
using ChatStream.Web.Views;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.WebUtilities;

namespace ChatStream.Web.Controllers;

/// <summary>An error, as an RFC 9457 problem for programs, or as a page for a browser that asks for one.</summary>
internal sealed class ProblemResult : IActionResult
{
    private readonly ProblemDetails _problem;
    private readonly int? _retryAfter;

    private ProblemResult(ProblemDetails problem, int? retryAfter) => (_problem, _retryAfter) = (problem, retryAfter);

    /// <param name="refusal">Why the request is refused.</param>
    /// <param name="fault">What is wrong with the field. Null: the refusal's detail says it.</param>
    public static ProblemResult Of(Refusal refusal, string? fault = null)
    {
        var problem = New(refusal.Status, refusal.Detail);
        if (refusal is { Status: StatusCodes.Status429TooManyRequests, Code: { } limit })
            ChatMeter.LimitHit(limit);
        if (refusal.Field is { } field)
            problem.Extensions["errors"] = new Dictionary<string, string[]> { [field] = [fault ?? refusal.Detail] };
        if (refusal.Code is { } code)
            problem.Extensions["code"] = code;
        if (refusal.Numbers.Count > 0)
            problem.Extensions["numbers"] = refusal.Numbers;
        if (refusal.Budget is { } budget)
            problem.Extensions["budget"] = JsonSerializer.SerializeToElement(budget, WireJson.Wire.BudgetUse);
        if (refusal.GenerationId is { } generationId)
            problem.Extensions["generationId"] = generationId;
        return new ProblemResult(problem, refusal.RetryAfter);
    }

    /// <summary>
    /// A failed answer: the members of a problem, then those of the answer. <c>Retry-After</c> is counted from the answer's end,
    /// and is left out once that time has passed.
    /// </summary>
    public static ProblemResult Of(Answer answer, FailurePayload failure, DateTimeOffset now)
    {
        var problem = New(StatusOf(failure.Code), failure.Message);
        foreach (var member in JsonSerializer.SerializeToElement(answer, WireJson.Wire.Answer).EnumerateObject())
            problem.Extensions[member.Name] = member.Value;
        return new ProblemResult(problem, SecondsLeft(failure.RetryAfter, now - answer.EndedAt));
    }

    /// <summary>Writes the result of an action.</summary>
    public Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.StatusCode = _problem.Status!.Value;
        response.Headers.CacheControl = "no-store";
        SetRetryAfter(response);
        return WriteAsync(context.HttpContext, _problem);
    }

    /// <summary>Writes the response of a middleware. The framework may add a trace id, as it does to its own problems.</summary>
    public Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = _problem.Status!.Value;
        http.Response.Headers.CacheControl = "no-store";
        SetRetryAfter(http.Response);
        return http.RequestServices.GetRequiredService<IProblemDetailsService>()
            .WriteAsync(new ProblemDetailsContext { HttpContext = http, ProblemDetails = _problem }).AsTask();
    }

    /// <summary>Writes the body of a response that has its status. Escaping is that of the app's <c>JsonOptions</c>.</summary>
    public static Task WriteAsync(HttpContext http, ProblemDetails problem) => IsPageWanted(http)
        ? WritePageAsync(http, problem)
        : http.Response.WriteAsJsonAsync(problem, options: null, MediaTypes.Problem, http.RequestAborted);

    /// <summary>
    /// Whether a browser asks for a page: by a GET, a HEAD or a sent form whose <c>Accept</c> names <c>text/html</c>, and gives
    /// JSON no more weight.
    /// </summary>
    public static bool IsPageWanted(HttpContext http)
    {
        var request = http.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
            && !(HttpMethods.IsPost(request.Method) && request.HasFormContentType))
            return false;
        var accept = request.GetTypedHeaders().Accept;
        var weight = accept.WeightOf("text", "html");
        return weight > 0 && accept.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase))
            && weight >= accept.WeightOf("application", "json") && weight >= accept.WeightOf("application", "problem+json");
    }

    private void SetRetryAfter(HttpResponse response)
    {
        if (_retryAfter is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
    }

    private static Task WritePageAsync(HttpContext http, ProblemDetails problem)
    {
        http.Response.Headers.CacheControl = "no-store";
        var metadata = http.RequestServices.GetRequiredService<IModelMetadataProvider>();
        var view = new ViewResult
        {
            ViewName = ErrorPage.View,
            ViewData = new ViewDataDictionary<ErrorPage>(metadata, new ModelStateDictionary())
            {
                Model = ErrorPage.Of(
                    http.Response.StatusCode, problem.Extensions.TryGetValue("code", out var code) ? code as string : null),
            },
        };
        return view.ExecuteResultAsync(new ActionContext(http, new RouteData(), new ActionDescriptor()));
    }

    private static ProblemDetails New(int status, string detail) => new()
    {
        Type = "about:blank",
        Title = ReasonPhrases.GetReasonPhrase(status),
        Status = status,
        Detail = detail,
    };

    private static int? SecondsLeft(int? retryAfter, TimeSpan? sinceEnd)
    {
        var left = retryAfter - Math.Max(0, sinceEnd?.TotalSeconds ?? 0);
        return left > 0 ? (int)Math.Ceiling(left.Value) : null;
    }

    private static int StatusOf(FailureCode code) => code switch
    {
        FailureCode.RateLimited => StatusCodes.Status429TooManyRequests,
        FailureCode.ModelTimeout => StatusCodes.Status504GatewayTimeout,
        FailureCode.ModelUnavailable or FailureCode.NotConfigured or FailureCode.QuotaExhausted =>
            StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status502BadGateway,
    };
}
