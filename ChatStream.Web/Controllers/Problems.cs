using System.Globalization;
using System.Text.Json;
using ChatStream.Web.Contract;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace ChatStream.Web.Controllers;

/// <summary>Turns refusals and failed answers into RFC 9457 problems.</summary>
internal static class Problems
{
    public static IActionResult Of(Refusal refusal)
    {
        var problem = New(refusal.Status, refusal.Detail);
        if (refusal.Field is { } field)
            problem.Extensions["errors"] = new Dictionary<string, string[]> { [field] = [refusal.Detail] };
        if (refusal.Code is { } code)
            problem.Extensions["code"] = code;
        if (refusal.Numbers.Count > 0)
            problem.Extensions["numbers"] = refusal.Numbers;
        if (refusal.GenerationId is { } generationId)
            problem.Extensions["generationId"] = generationId;
        return new Result(problem, refusal.RetryAfter);
    }

    /// <summary>A failed answer: the members of the answer beside those of a problem.</summary>
    public static IActionResult Of(Answer answer, FailurePayload failure)
    {
        var problem = New(StatusOf(failure.Code), failure.Message);
        foreach (var member in JsonSerializer.SerializeToElement(answer, WireJson.Wire.Answer).EnumerateObject())
            problem.Extensions[member.Name] = member.Value;
        return new Result(problem, failure.RetryAfter);
    }

    private static ProblemDetails New(int status, string detail) => new()
    {
        Type = "about:blank",
        Title = ReasonPhrases.GetReasonPhrase(status),
        Status = status,
        Detail = detail,
    };

    private static int StatusOf(FailureCode code) => code switch
    {
        FailureCode.RateLimited => StatusCodes.Status429TooManyRequests,
        FailureCode.ModelTimeout => StatusCodes.Status504GatewayTimeout,
        FailureCode.ModelUnavailable or FailureCode.NotConfigured => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status502BadGateway,
    };

    private sealed class Result(ProblemDetails problem, int? retryAfter) : IActionResult
    {
        private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = MinimalEscaping.Instance };

        public Task ExecuteResultAsync(ActionContext context)
        {
            var response = context.HttpContext.Response;
            response.StatusCode = problem.Status!.Value;
            response.Headers.CacheControl = "no-store";
            if (retryAfter is { } seconds)
                response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return response.WriteAsJsonAsync(problem, Json, "application/problem+json", context.HttpContext.RequestAborted);
        }
    }
}
