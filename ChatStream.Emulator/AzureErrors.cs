using System.Globalization;

namespace ChatStream.Emulator;

/// <summary>Azure's refusals, body and headers as it gives them.</summary>
public static class AzureErrors
{
    private const string PromptFilteredBody = """
        {"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"filtered":true,"detected":true},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}}}}
        """;

    /// <param name="resultName">Seen with and without the s.</param>
    /// <param name="selfHarm">Seen with a hyphen too.</param>
    public static Script PromptFiltered(string resultName = "content_filter_result", string selfHarm = "self_harm") =>
        Script.Error(400, PromptFilteredBody.Replace("content_filter_result", resultName, StringComparison.Ordinal)
            .Replace("self_harm", selfHarm, StringComparison.Ordinal));

    public static Script Unauthorized() => Script.Error(401, """
        {"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."}}
        """);

    public static Script DeploymentNotFound() => Script.Error(404, """
        {"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."}}
        """);

    public static Script ResourceNotFound() => Script.Error(404, """
        {"error":{"code":"404","message":"Resource not found"}}
        """);

    /// <param name="retryAfter">Up to a day and more; null: no such header, which is seen too.</param>
    public static Script RateLimited(TimeSpan? retryAfter)
    {
        var seconds = Math.Ceiling(retryAfter?.TotalSeconds ?? 60).ToString(CultureInfo.InvariantCulture);
        var refusal = Script.Error(429, $$$"""
            {"error":{"code":"429","message":"Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after {{{seconds}}} seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit."}}
            """, ("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", seconds));
        return retryAfter is not { } wait ? refusal : refusal
            .Header("Retry-After", seconds)
            .Header("retry-after-ms", ((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
    }

    public static Script ContextLengthExceeded() => Script.Error(400, """
        {"error":{"message":"This model's maximum context length is 128000 tokens. However, your messages resulted in 130042 tokens. Please reduce the length of the messages.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}
        """);

    public static Script UnsupportedParameter(string parameter = "max_tokens", string instead = "max_completion_tokens") => Script.Error(400, $$$"""
        {"error":{"message":"Unsupported parameter: '{{{parameter}}}' is not supported with this model. Use '{{{instead}}}' instead.","type":"invalid_request_error","param":"{{{parameter}}}","code":"unsupported_parameter"}}
        """);

    public static Script InvalidRequest(string message) => Script.Error(400, $$$"""
        {"error":{"message":"{{{message}}}","type":"invalid_request_error","param":null,"code":null}}
        """);

    public static Script ServerError() => Script.Error(500, """
        {"error":{"message":"The server had an error while processing your request. Sorry about that!","type":"server_error","param":null,"code":"InternalServerError"}}
        """);

    public static Script ServiceUnavailable() => Script.Error(503, """
        {"error":{"code":"ServiceUnavailable","message":"The service is temporarily unable to process your request. Please try again later."}}
        """);
}
