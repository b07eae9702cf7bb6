using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Telemetry;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using ChatStream.Web.Tests.Providers.Responses;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Deployments;

/// <summary>
/// Errors in a stream that began with status 200, in many dresses. Both interfaces give them the same code: as an event, as an
/// event with the name of an error, bare, and as a whole body.
/// </summary>
[CancelAfter(60_000)]
internal sealed class OddErrorTests
{
    // Codes that are numbers, in words, or not codes.
    [TestCase("""{"error":{"code":"429 Too Many Requests"}}""", FailureCode.RateLimited)]
    [TestCase("""{"error":{"code":"HTTP_429","message":"secret"}}""", FailureCode.RateLimited)]
    [TestCase("""{"error":{"code":429.0}}""", FailureCode.RateLimited)]
    [TestCase("""{"error":{"code":4290,"message":"secret"}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":{"code":529,"message":"secret"}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":{"code":599}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":{"code":600}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":{"code":-1,"message":"secret"}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":{"code":1e999,"message":"secret"}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":{"code":true,"message":"secret"}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":{"code":false,"type":"rate_limit_error"}}""", FailureCode.RateLimited)]
    [TestCase("""{"error":{"code":["429"],"message":"secret"}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":{"code":{"a":{"b":1}},"type":"insufficient_quota"}}""", FailureCode.QuotaExhausted)]
    [TestCase("""{"error":{"code":"","type":"","message":"context_length_exceeded"}}""", FailureCode.ContextLengthExceeded)]
    [TestCase("""{"error":{"status":429}}""", FailureCode.RateLimited)]
    [TestCase("""{"error":{"status_code":"503"}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":{"statusCode":403,"message":"secret"}}""", FailureCode.NotConfigured)]
    [TestCase("""{"error":{"code":404,"status":"NOT_FOUND"}}""", FailureCode.NotConfigured)]
    [TestCase("""{"error":429}""", FailureCode.RateLimited)]
    [TestCase("""{"error":"429"}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":"secret"}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":""}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":[]}""", null)]
    [TestCase("""{"error":null}""", null)]
    [TestCase("""{"error":0}""", null)]
    [TestCase("""{"error":true}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":["secret","Too many requests"]}""", FailureCode.RateLimited)]
    // Who is refused, and who is not there.
    [TestCase("""{"error":{"code":"Unauthorized","message":"secret"}}""", FailureCode.NotConfigured)]
    [TestCase("""{"error":{"code":"PermissionDenied","message":"secret"}}""", FailureCode.NotConfigured)]
    [TestCase("""{"error":{"code":"invalid_api_key","type":"invalid_request_error"}}""", FailureCode.NotConfigured)]
    [TestCase("""{"error":{"type":"authentication_error","message":"secret"}}""", FailureCode.NotConfigured)]
    [TestCase("""{"error":{"code":"DeploymentNotFound","message":"secret"}}""", FailureCode.NotConfigured)]
    [TestCase("""{"error":{"message":"secret","type":"NotFoundError","code":404}}""", FailureCode.NotConfigured)]
    [TestCase("""{"error":{"type":"not_found_error"}}""", FailureCode.NotConfigured)]
    [TestCase("""{"error":{"code":"model_not_found","type":"invalid_request_error"}}""", FailureCode.NotConfigured)]
    // The request.
    [TestCase("""{"error":{"type":"invalid_request_error","code":null,"message":"secret"}}""", FailureCode.ModelRejected)]
    [TestCase("""{"error":{"code":"BadRequest","message":"secret"}}""", FailureCode.ModelRejected)]
    [TestCase("""{"error":{"code":"invalid_prompt","message":"secret"}}""", FailureCode.ModelRejected)]
    [TestCase("""{"error":{"code":"image_parse_error","message":"secret"}}""", FailureCode.ModelRejected)]
    [TestCase("""{"error":{"code":"unsupported_image_media_type"}}""", FailureCode.ModelRejected)]
    [TestCase("""{"error":{"code":"invalid_request_error","status":500}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":{"code":"server_error","type":"invalid_request_error"}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":{"code":"decimal_above_max_value","type":"invalid_request_error"}}""", FailureCode.ModelRejected)]
    [TestCase("""{"error":{"code":422,"message":"secret"}}""", FailureCode.ModelRejected)]
    [TestCase("""{"error":{"code":"invalid_prompt","message":"Invalid prompt: flagged as violating our usage policy."}}""",
        FailureCode.ContentFilter)]
    [TestCase("""{"error":{"code":"image_content_policy_violation","message":"secret"}}""", FailureCode.ContentFilter)]
    [TestCase("""{"error":{"message":"litellm.BadRequestError: litellm.ContentPolicyViolationError: secret","code":"400"}}""",
        FailureCode.ContentFilter)]
    [TestCase("""{"error":{"message":"{\"error\":{\"code\":\"content_filter\",\"message\":\"secret\"}}","code":400}}""",
        FailureCode.ContentFilter)]
    [TestCase("""{"error":{"code":null,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}""", FailureCode.ContentFilter)]
    // How much.
    [TestCase("""{"error":{"message":"{\"error\":{\"code\":\"context_length_exceeded\"}}","code":400}}""",
        FailureCode.ContextLengthExceeded)]
    [TestCase("""{"message":"Input is too long for requested model."}""", FailureCode.ContextLengthExceeded)]
    [TestCase("""{"error":{"message":"Range of input length should be [1, 30720]","code":"invalid_parameter_error"}}""",
        FailureCode.ContextLengthExceeded)]
    [TestCase("""{"error":{"message":"the prompt of 9000 tokens exceeds n_ctx (8192)","code":500}}""",
        FailureCode.ContextLengthExceeded)]
    [TestCase("""{"detail":[{"msg":"This model's maximum context length is 8192 tokens","type":"value_error"}]}""",
        FailureCode.ContextLengthExceeded)]
    [TestCase("""{"object":"error","message":"secret","type":"BadRequestError","code":"ContextWindowExceeded"}""",
        FailureCode.ContextLengthExceeded)]
    [TestCase("""{"error":{"message":"Too many tokens, please wait before trying again."}}""", FailureCode.RateLimited)]
    [TestCase("""{"error":{"message":"Too many tokens in the request"}}""", FailureCode.ContextLengthExceeded)]
    [TestCase("""{"error":{"message":"litellm.RateLimitError: AzureException - secret","code":null}}""", FailureCode.RateLimited)]
    [TestCase("""{"error":{"message":"Your request was throttled."}}""", FailureCode.RateLimited)]
    [TestCase("""{"error":{"code":"RESOURCE_EXHAUSTED"}}""", FailureCode.RateLimited)]
    [TestCase("""{"error":{"type":"exceeded_current_quota_error"}}""", FailureCode.QuotaExhausted)]
    [TestCase("""{"error":{"message":"Your credit balance is too low to access the API"}}""", FailureCode.QuotaExhausted)]
    // The service.
    [TestCase("""{"error":{"type":"overloaded_error","message":"Overloaded"}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"type":"error","error":{"type":"api_error","message":"secret"}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":{"code":"InternalServerError","message":"secret"}}""", FailureCode.ModelUnavailable)]
    [TestCase("""{"error":{"code":"Timeout","message":"The operation was timeout."}}""", FailureCode.ModelTimeout)]
    [TestCase("""{"error":{"code":"gateway_timeout"}}""", FailureCode.ModelTimeout)]
    [TestCase("""{"error":{"code":"vector_store_timeout"}}""", FailureCode.ModelTimeout)]
    [TestCase("""{"error":{"\u0063ode":"429"}}""", FailureCode.RateLimited)]
    [TestCase("""{"error":{"code":"\ud83d","message":"secret \ude00"}}""", FailureCode.ModelUnavailable)]
    public async Task It_has_one_code(string error, FailureCode? code)
    {
        string inner = error.StartsWith("{\"error\":{", StringComparison.Ordinal) ? error["{\"error\":".Length..^1] : error;
        foreach (var deployment in (DeploymentOptions[])[TestModel.Deployment, ResponsesStream.Deployment])
        {
            foreach (var stream in (string[])[$"data: {error}\n\n", $"data: {error}", error, $"error: {inner}\n\n",
                $"event: error\ndata: {error}\n\n", $"event: error\ndata: {inner}\n\n"])
            {
                if (code is null && !stream.StartsWith("data", StringComparison.Ordinal))
                    continue;
                var (_, failure) = await TestModel.Behind(ScriptedService.Streaming(stream), deployment).FailureAsync();
                Assert.That(
                    failure.Code, Is.EqualTo(code ?? FailureCode.MalformedResponse), $"{deployment.Api}: {stream}");
            }
        }
    }

    [TestCase("\"secret\"", FailureCode.ModelUnavailable)]
    [TestCase("null", FailureCode.ModelUnavailable)]
    [TestCase("", FailureCode.ModelUnavailable)]
    [TestCase("Rate limit reached", FailureCode.RateLimited)]
    [TestCase("[{\"code\":\"context_length_exceeded\"}]", FailureCode.ContextLengthExceeded)]
    [TestCase("{'error': 'insufficient_quota'}", FailureCode.QuotaExhausted)]
    [TestCase("{\"error\":{\"code\":", FailureCode.ModelUnavailable)]
    public async Task An_event_that_is_named_an_error_may_hold_anything(string data, FailureCode code)
    {
        foreach (var deployment in (DeploymentOptions[])[TestModel.Deployment, ResponsesStream.Deployment])
        {
            var (_, failure) = await TestModel.Behind(
                ScriptedService.Streaming($"event: error\ndata: {data}\n\n"), deployment).FailureAsync();
            Assert.That(failure.Code, Is.EqualTo(code));
        }
    }

    [TestCase("""{"error":{"code":"server_error","message":"secret"}}""", "model_unavailable", 500)]
    [TestCase("""{"error":{"code":"Unauthorized","message":"secret"}}""", "not_configured", 400)]
    [TestCase("""{"error":{"code":"invalid_api_key","message":"secret"}}""", "not_configured", 400)]
    [TestCase("""{"error":{"code":"Timeout","message":"secret"}}""", "model_timeout", 424)]
    [TestCase("""{"error":{"code":"model_not_found","message":"secret"}}""", "not_configured", 400)]
    [TestCase("""{"error":{"type":"invalid_request_error","message":"secret"}}""", "model_rejected", 400)]
    [TestCase("""{"error":{"message":"Too many tokens, please wait before trying again."}}""", "rate_limited", 400)]
    [TestCase("""{"error":{"message":"{\"error\":{\"code\":\"content_filter\"}}","code":400}}""", "content_filter", 400)]
    public async Task The_same_with_a_status(string body, string code, int status)
    {
        var (_, failure) = await TestModel.Behind(ScriptedService.Answering(status, "application/json", body)).FailureAsync();

        Assert.That(ChatMeter.Label(failure.Code), Is.EqualTo(code));
    }
}
