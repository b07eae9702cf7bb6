using System.Globalization;
using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator;

/// <summary>Azure's error responses, with its bodies and headers.</summary>
public static class AzureErrors
{
    private const string PromptFilteredMessage =
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
        + " Please modify your prompt and retry. To learn more about our content filtering policies please read our"
        + " documentation: https://go.microsoft.com/fwlink/?linkid=2198766";

    private const string UnauthorizedMessage =
        "Access denied due to invalid subscription key or wrong API endpoint."
        + " Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your"
        + " resource.";

    private const string DeploymentNotFoundMessage =
        "The API deployment for this resource does not exist."
        + " If you created the deployment within the last 5 minutes, please wait a moment and try again.";

    private const string ContextLengthMessage =
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130042 tokens."
        + " Please reduce the length of the messages.";

    /// <param name="resultName"><c>content_filter_result</c> or <c>content_filter_results</c>: services send both.</param>
    /// <param name="selfHarm"><c>self_harm</c> or <c>self-harm</c>: services send both.</param>
    public static Script PromptFiltered(string resultName = "content_filter_result", string selfHarm = "self_harm")
    {
        var found = ContentFilters.FilteredPrompt.Replace("self_harm", selfHarm, StringComparison.Ordinal);
        return Script.Error(400,
            $$"""{"error":{"message":{{JsonText.Literal(PromptFilteredMessage)}},"type":null"""
            + $$""","param":"prompt","code":"content_filter","status":400"""
            + $$$$""","innererror":{"code":"ResponsibleAIPolicyViolation","{{{{resultName}}}}":{{{{found}}}}}}}""");
    }

    public static Script Unauthorized() => Short(401, "401", UnauthorizedMessage);

    public static Script DeploymentNotFound() => Short(404, "DeploymentNotFound", DeploymentNotFoundMessage);

    public static Script ResourceNotFound() => Short(404, "404", "Resource not found");

    /// <param name="retryAfter">Some services say a day and more. Null leaves the headers out, as some services do.</param>
    public static Script RateLimited(TimeSpan? retryAfter)
    {
        var seconds = Math.Ceiling(retryAfter?.TotalSeconds ?? 60).ToString(CultureInfo.InvariantCulture);
        var refusal = Short(429, "429",
            "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate"
            + $" limit of your current OpenAI S0 pricing tier. Please retry after {seconds} seconds. Please go here:"
            + " https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.")
            .Header("x-ratelimit-remaining-requests", "0")
            .Header("x-ratelimit-remaining-tokens", "0")
            .Header("x-ratelimit-reset-tokens", seconds);
        return retryAfter is not { } wait ? refusal : refusal
            .Header("Retry-After", seconds)
            .Header("retry-after-ms", ((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
    }

    public static Script ContextLengthExceeded() =>
        Full(400, ContextLengthMessage, "invalid_request_error", "messages", "context_length_exceeded");

    public static Script UnsupportedParameter(string parameter = "max_tokens", string instead = "max_completion_tokens") =>
        Full(400, $"Unsupported parameter: '{parameter}' is not supported with this model. Use '{instead}' instead.",
            "invalid_request_error", parameter, "unsupported_parameter");

    public static Script InvalidRequest(string message) => Full(400, message, "invalid_request_error", null, null);

    public static Script ServerError() => Full(500, "The server had an error while processing your request. Sorry about that!",
        "server_error", null, "InternalServerError");

    public static Script ServiceUnavailable() =>
        Short(503, "ServiceUnavailable", "The service is temporarily unable to process your request. Please try again later.");

    private static Script Short(int status, string code, string message) =>
        Script.Error(status, $$$"""{"error":{"code":"{{{code}}}","message":{{{JsonText.Literal(message)}}}}}""");

    private static Script Full(int status, string message, string type, string? param, string? code) => Script.Error(status,
        $$$"""{"error":{"message":{{{JsonText.Literal(message)}}},"type":{{{JsonText.Literal(type)}}}"""
        + $$$""","param":{{{JsonText.LiteralOrNull(param)}}},"code":{{{JsonText.LiteralOrNull(code)}}}}}""");
}
