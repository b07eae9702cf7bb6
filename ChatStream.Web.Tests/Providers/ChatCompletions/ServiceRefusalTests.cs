using System.Net.Sockets;
using ChatStream.Web.Contract;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>A refusal of the service becomes a code of the contract, with a message of our own.</summary>
[CancelAfter(20_000)]
internal sealed class ServiceRefusalTests
{
    private const string Upstream =
        """{"error":{"message":"secret words about secret-resource","type":null,"param":"secret","code":"secret"}}""";

    [TestCase(400, FailureCode.ModelRejected, "The model service rejected the request (400).")]
    [TestCase(401, FailureCode.NotConfigured, "The model service refused the credentials (401).")]
    [TestCase(403, FailureCode.NotConfigured, "The model service denied access (403).")]
    [TestCase(404, FailureCode.NotConfigured, "There is no such deployment, or its address or api-version is wrong (404).")]
    [TestCase(408, FailureCode.ModelTimeout, "The model service timed out.")]
    [TestCase(409, FailureCode.ModelRejected, "The model service rejected the request (409).")]
    [TestCase(413, FailureCode.ModelRejected, "The model service rejected the request (413).")]
    [TestCase(429, FailureCode.RateLimited, "The model's rate limit has been reached.")]
    [TestCase(500, FailureCode.ModelUnavailable, "The model service answered with status 500.")]
    [TestCase(502, FailureCode.ModelUnavailable, "The model service answered with status 502.")]
    [TestCase(503, FailureCode.ModelUnavailable, "The model service answered with status 503.")]
    [TestCase(504, FailureCode.ModelUnavailable, "The model service answered with status 504.")]
    public async Task Each_status_has_its_code(int status, FailureCode code, string message)
    {
        string[] bodies = [Upstream, "", "<html>secret</html>", "{\"error\":\"secret\"}", "[1]", "{"];
        foreach (var body in bodies)
        {
            var service = ScriptedService.Answering(status, "application/json", body);
            var (_, failure) = await TestModel.Behind(service).FailureAsync();

            Assert.That((failure.Code, failure.Message, failure.RetryAfter), Is.EqualTo((code, message, (int?)null)), body);
            Assert.That(service.Requests, Has.Count.EqualTo(1), "nothing is retried");
        }
    }

    [TestCase("content_filter_result", "self_harm")]
    [TestCase("content_filter_results", "self-harm")]
    public Task A_filtered_prompt_names_the_categories(string results, string selfHarm) => CheckAsync(
        """{"error":{"message":"secret words","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":"""
        + """{"code":"ResponsibleAIPolicyViolation",""" + $"\"{results}\":"
        + """{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"filtered":true,"detected":true},""" + $"\"{selfHarm}\":"
        + """{"filtered":true,"severity":"high"}}}}}""",
        FailureCode.ContentFilter, "The prompt was stopped by the content filter: jailbreak, self_harm (high).");

    [Test]
    public Task A_filtered_prompt_without_categories() => CheckAsync(
        """{"error":{"code":"content_filter","innererror":null}}""",
        FailureCode.ContentFilter, "The prompt was stopped by the content filter.");

    [Test]
    public Task A_conversation_that_is_too_long() => CheckAsync(
        """{"error":{"message":"secret words","type":"invalid_request_error","param":"messages","""
        + "\"code\":\"context_length_exceeded\"}}",
        FailureCode.ContextLengthExceeded, "The conversation is longer than the model can read.");

    [TestCase("""{"error":{"message":"secret words","type":"exceed_context_size_error","code":400}}""")]
    [TestCase("""{"error":{"message":"secret words","type":"exceed_context_size_error","code":"400"}}""")]
    [TestCase("""{"error":{"message":"secret words","type":"context_length_exceeded","param":null,"code":null}}""")]
    [TestCase("""{"error":{"message":"This model's maximum context length is 8192 tokens. You asked for 9000.","type":"BadRequestError","code":400}}""")]
    [TestCase("""{"error":{"message":"The input (9000 tokens) is longer than the model's context length (8192 tokens).","code":null}}""")]
    [TestCase("""{"object":"error","message":"The decoder prompt (length 9000) is longer than the maximum model length of 8192.","code":400}""")]
    [TestCase("""{"error":"request (19000 tokens) exceeds the available context size (8192 tokens)"}""")]
    [TestCase("""{"error":"`inputs` must have less than 1024 tokens. Given: 2000","error_type":"validation"}""")]
    [TestCase("""{"message":"too many tokens: secret words"}""")]
    [TestCase("""[{"error":{"code":400,"message":"The input token count (9000) exceeds the maximum number of tokens allowed (8192)."}}]""")]
    [TestCase("""{"error":{"code":"invalid_request_error","message":"Your input exceeds the context window of this model."}}""")]
    [TestCase("Prompt is too long: 9000 tokens")]
    [TestCase("\uFEFF{\"error\":{\"code\":\"context_length_exceeded\"}}")]
    [TestCase("\"prompt is too long\"")]
    [TestCase("""{"errors":[{"message":"This model's maximum prompt length is 8192 but the request contains 9000 tokens."}]}""")]
    [TestCase("""{"error":{"error":{"code":"context_length_exceeded","message":null}}}""")]
    [TestCase("""{"detail":{"error":{"message":"secret","code":"context_length_exceeded"}}}""")]
    [TestCase("""{"error_code":400,"error_message":"The prompt is too long."}""")]
    [TestCase("""{"error":{"code":"CONTEXT_LENGTH_EXCEEDED","message":"secret"}}""")]
    [TestCase("""{"error":{"code":"tokens_limit_reached","message":"Request body too large. Max size: 8000 tokens."}}""")]
    [TestCase("""{"error":{"message":"input length and `max_tokens` exceed context limit: 197202 + 21333 > 200000"}}""")]
    [TestCase("""{"error":{"message":"litellm.BadRequestError: ContextWindowExceededError: secret","code":"400"}}""")]
    [TestCase("""{"error":"Bad Request","message":"Input length (9000 tokens) exceeds the maximum allowed length (8192)."}""")]
    [TestCase("""{"error":{"message":"Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)"}}""")]
    [TestCase("""{"error":{"message":"model max length exceeded"}}""")]
    [TestCase("""{"error":{"message":"prompt token count of 140000 exceeds the limit of 128000","code":"model_error"}}""")]
    [TestCase("""{"error":"Input validation error: inputs tokens + max_new_tokens must be <= 8193. Given: 9000"}""")]
    [TestCase("""{"error":{"message":"Your conversation is too long for this model."}}""")]
    [TestCase("""{"error":{"message":"The request (9000 tokens) is larger than what the model reads."}}""")]
    [TestCase("""{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"code\":\"context_length_exceeded\"}}"}}}""")]
    [TestCase("""{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"prompt is too long: 9000 tokens"}}}""")]
    public async Task A_conversation_that_is_too_long_in_other_words(string body)
    {
        int[] statuses = [400, 413, 422, 500];
        foreach (var status in statuses)
        {
            var (_, failure) = await TestModel.Behind(ScriptedService.Answering(status, "application/json", body)).FailureAsync();

            Assert.That(
                (failure.Code, failure.Message),
                Is.EqualTo((FailureCode.ContextLengthExceeded, "The conversation is longer than the model can read.")));
        }
    }

    [TestCase("""{"error":{"code":400,"type":"content_filter"}}""")]
    [TestCase("""{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"code\":\"content_filter\"}}"}}}""")]
    [TestCase("""{"error":{"code":null,"message":"…triggering Azure OpenAI's content management policy. Secret words."}}""")]
    public Task A_filtered_prompt_in_other_words(string body) =>
        CheckAsync(body, FailureCode.ContentFilter, "The prompt was stopped by the content filter.");

    [TestCase(403, """{"error":{"code":"content_policy_violation","message":"secret words"}}""")]
    [TestCase(500, """{"error":{"code":"content_filter","message":"secret words"}}""")]
    [TestCase(400, """{"error":{"code":"ContentFilter","message":"secret words"}}""")]
    public Task A_filtered_prompt_with_another_status(int status, string body) =>
        CheckAsync(body, FailureCode.ContentFilter, "The prompt was stopped by the content filter.", status);

    [Test]
    public Task A_filtered_prompt_may_have_its_categories_beside_the_code() => CheckAsync(
        """{"error":{"code":"content_filter","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}""",
        FailureCode.ContentFilter, "The prompt was stopped by the content filter: hate (high).");

    [Test]
    public async Task A_rate_limit_with_another_status_has_its_wait()
    {
        var service = ScriptedService.Answering(
            413, "application/json", """{"error":{"code":"rate_limit_exceeded","message":"secret"}}""", ("Retry-After", "7"));
        var (_, failure) = await TestModel.Behind(service).FailureAsync();

        Assert.That((failure.Code, failure.RetryAfter), Is.EqualTo((FailureCode.RateLimited, (int?)7)));
    }

    [TestCase("""{"error":{"code":400,"type":"BadRequestError","message":"secret words"}}""")]
    [TestCase("""{"error":{"code":400,"message":"max_tokens is too large: 100000."}}""")]
    [TestCase("""{"error":{"code":400,"message":"The number of tokens in max_tokens exceeds the model limit."}}""")]
    [TestCase("""{"error":{"code":400,"message":"The input image is too large."}}""")]
    [TestCase("""{"message":"The maximum tokens you requested exceeds the model limit of 4096. Try again with fewer."}""")]
    [TestCase("""{"error":{"message":"The number of output tokens exceeds the model limit."}}""")]
    [TestCase("""{"error":{"message":"Invalid 'input[2].call_id': string too long. Expected at most 64."}}""")]
    [TestCase("""{"error":{"message":"secret words","metadata":{"raw":{"a":[1]},"provider_name":"x"}}}""")]
    [TestCase("""{"error":{"message":"secret words","metadata":[{"raw":"Prompt is too long"}]}}""")]
    [TestCase("""{"error":{"code":{"a":1},"type":["secret"],"message":7,"param":{}}}""")]
    [TestCase("""{"error":{"message":{"detail":[[[{"msg":"secret"}]]]}}}""")]
    public Task Any_other_refusal_is_a_rejection(string body) =>
        CheckAsync(body, FailureCode.ModelRejected, "The model service rejected the request (400).");

    [TestCase("max_tokens", "The model does not take the parameter max_tokens as it was sent.")]
    [TestCase("secret/../words", "The model does not take a parameter as it was sent.")]
    [TestCase("Secret words", "The model does not take a parameter as it was sent.")]
    public async Task A_parameter_that_is_not_supported(string param, string message)
    {
        string[] codes = ["unsupported_parameter", "unsupported_value", "invalid_value"];
        foreach (var code in codes)
        {
            await CheckAsync(
                """{"error":{"message":"secret words","type":"invalid_request_error","""
                + $"\"param\":\"{param}\",\"code\":\"{code}\"}}}}",
                FailureCode.ModelRejected, message);
        }
    }

    [TestCase(429, """{"error":{"type":"insufficient_quota","code":"insufficient_quota","message":"secret words"}}""")]
    [TestCase(429, """{"error":{"type":"insufficient_quota","code":null,"message":"secret words"}}""")]
    [TestCase(429, """{"error":{"type":"insufficient_quota","code":"429","message":"secret words"}}""")]
    [TestCase(429, """{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing."}}""")]
    [TestCase(429, """{"error":{"code":"429","message":"Billing hard limit has been reached"}}""")]
    [TestCase(400, """{"error":{"code":"billing_hard_limit_reached","message":"secret words","param":null}}""")]
    [TestCase(403, """{"statusCode":403,"message":"Token quota is exceeded. Try again in 100 seconds."}""")]
    [TestCase(403, """{"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in 07:44:00."}""")]
    [TestCase(402, """{"error":{"message":"Insufficient Balance","code":"invalid_request_error"}}""")]
    [TestCase(402, "")]
    [TestCase(400, """{"error":{"message":"Budget has been exceeded! Current cost: 3","type":"budget_exceeded","code":"400"}}""")]
    [TestCase(403, """{"error":{"message":"secret","type":"one_api_error","code":"insufficient_user_quota"}}""")]
    [TestCase(429, """{"error":{"code":"InsufficientQuota","message":"secret"}}""")]
    public Task A_quota_that_is_used_up(int status, string body) => CheckAsync(
        body, FailureCode.QuotaExhausted, "The quota or the budget of the model's deployment is used up.", status);

    [TestCase("""{"error":{"code":"429","message":"You have exceeded the token rate limit. Please retry after 60 seconds."}}""")]
    [TestCase("""{"error":{"code":429,"message":"You exceeded your current quota for a minute. Please retry in 34.07s."}}""")]
    public Task A_rate_limit_in_words_of_quota(string body) =>
        CheckAsync(body, FailureCode.RateLimited, "The model's rate limit has been reached.", status: 429);

    [Test]
    public Task A_request_that_is_larger_than_a_minute_allows_is_a_rate_limit() => CheckAsync(
        """{"error":{"message":"Request too large for model on tokens per minute (TPM): Limit 10000, Requested 12000"}}""",
        FailureCode.RateLimited, "The model's rate limit has been reached.", status: 413);

    [TestCase("retry-after-ms", "300", 1)]
    [TestCase("retry-after-ms", "1000", 1)]
    [TestCase("retry-after-ms", "1001", 2)]
    [TestCase("retry-after-ms", "1500.5", 2)]
    [TestCase("retry-after-ms", "0", 0)]
    [TestCase("x-ms-retry-after-ms", "1500", 2)]
    [TestCase("Retry-After", "7", 7)]
    [TestCase("Retry-After", "0", 0)]
    [TestCase("Retry-After", "1.2", 2)]
    [TestCase("Retry-After", "86400", 86_400)]
    [TestCase("Retry-After", "99999999999999", int.MaxValue)]
    [TestCase("Retry-After", "Fri, 02 Jan 2026 03:04:15 GMT", 10)]
    [TestCase("Retry-After", "Fri, 02 Jan 2026 03:04:05 GMT", 0)]
    [TestCase("Retry-After", "Thu, 01 Jan 2026 00:00:00 GMT", 0)]
    [TestCase("Retry-After", " 7 ", 7)]
    [TestCase("Retry-After", "+7", 7)]
    [TestCase("Retry-After", "7, 9", 7)]
    [TestCase("Retry-After", "7s", 7)]
    [TestCase("Retry-After", "7 seconds", 7)]
    [TestCase("Retry-After", "1m30s", 90)]
    [TestCase("Retry-After", "2h", 7_200)]
    [TestCase("Retry-After", "1500ms", 2)]
    [TestCase("Retry-After", "1e400", int.MaxValue)]
    [TestCase("Retry-After", "Friday, 02-Jan-26 03:04:15 GMT", 10)]
    [TestCase("Retry-After", "Fri Jan  2 03:04:15 2026", 10)]
    [TestCase("Retry-After", "2026-01-02T03:04:15Z", 10)]
    [TestCase("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT", int.MaxValue)]
    [TestCase("Retry-After", "5.7", 6)]
    [TestCase("Retry-After", "7/8", null)]
    [TestCase("Retry-After", "1:30", null)]
    [TestCase("Retry-After", "May 7", null)]
    [TestCase("Retry-After", "7 apples", null)]
    [TestCase("Retry-After", "", null)]
    [TestCase("retry-after-ms", "300ms", 1)]
    [TestCase("retry-after-ms", "NaN", null)]
    [TestCase("Retry-After", "-1", null)]
    [TestCase("Retry-After", "soon", null)]
    [TestCase("Retry-After", "NaN", null)]
    [TestCase("X-Other", "7", null)]
    public Task The_time_to_wait_is_in_whole_seconds(string header, string value, int? seconds) =>
        WaitsAsync(seconds, (header, value));

    [Test]
    public Task Milliseconds_win_over_seconds() => WaitsAsync(1, ("Retry-After", "9"), ("retry-after-ms", "300"));

    [TestCase("-1")]
    [TestCase("soon")]
    [TestCase("")]
    public Task Invalid_milliseconds_are_ignored(string milliseconds) =>
        WaitsAsync(9, ("Retry-After", "9"), ("retry-after-ms", milliseconds));

    [Test]
    public async Task An_unavailable_service_may_give_a_time_to_wait()
    {
        var service = ScriptedService.Answering(503, "text/html", "secret", ("Retry-After", "30"));
        var (_, failure) = await TestModel.Behind(service).FailureAsync();

        Assert.That((failure.Code, failure.RetryAfter), Is.EqualTo((FailureCode.ModelUnavailable, 30)));
    }

    [Test]
    public async Task A_refusal_is_read_up_to_a_limit()
    {
        var service = ScriptedService.Answering(500, "text/html", new string('x', 2 * 1024 * 1024));
        var (_, failure) = await TestModel.Behind(service).FailureAsync();

        Assert.That(
            (failure.Code, failure.Message),
            Is.EqualTo((FailureCode.MalformedResponse, "The model service sent more than an answer can be.")));
    }

    [Test]
    public async Task A_service_that_cannot_be_reached_is_unavailable()
    {
        Exception[] faults =
        [
            new HttpRequestException("Connection refused (secret-resource.example.com:443)", new SocketException(111)),
            new HttpRequestException("Name or service not known (secret-resource.example.com:443)"),
            new IOException("secret"),
        ];
        foreach (var fault in faults)
        {
            var (_, failure) = await TestModel.Behind(ScriptedService.Breaking(fault)).FailureAsync();
            Assert.That(
                (failure.Code, failure.Message),
                Is.EqualTo((FailureCode.ModelUnavailable, "The model service could not be reached.")));
        }
    }

    private static async Task CheckAsync(string body, FailureCode code, string message, int status = 400)
    {
        var (_, failure) = await TestModel.Behind(ScriptedService.Answering(status, "application/json", body)).FailureAsync();

        Assert.That((failure.Code, failure.Message), Is.EqualTo((code, message)));
    }

    private static async Task WaitsAsync(int? seconds, params (string Name, string Value)[] headers)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var service = ScriptedService.Answering(429, "application/json", Upstream, headers);
        var (_, failure) = await TestModel.Behind(service, time: time).FailureAsync();

        Assert.That((failure.Code, failure.RetryAfter), Is.EqualTo((FailureCode.RateLimited, seconds)));
    }
}
