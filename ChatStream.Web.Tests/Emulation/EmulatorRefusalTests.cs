using System.Text.Json;
using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

internal sealed class EmulatorRefusalTests : EmulatorTest
{
    [TestCaseSource(nameof(Refusals))]
    public async Task Azures_refusals_have_status_and_code((Script Script, int Status, string Code) refusal)
    {
        Emulator.Enqueue(refusal.Script);

        using var response = await PostAsync(Asking("Hello"));

        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        Assert.That((int)response.StatusCode, Is.EqualTo(refusal.Status));
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
        Assert.That(json.RootElement.GetProperty("error").GetProperty("code").GetString(), Is.EqualTo(refusal.Code));
    }

    [TestCase("content_filter_result", "self_harm")]
    [TestCase("content_filter_results", "self-harm")]
    public async Task A_filtered_prompt_names_the_finding_in_both_spellings(string result, string category)
    {
        using var json = JsonDocument.Parse(await BodyOfAsync(AzureErrors.PromptFiltered(result, category)));

        var inner = json.RootElement.GetProperty("error").GetProperty("innererror");
        Assert.That(inner.GetProperty("code").GetString(), Is.EqualTo("ResponsibleAIPolicyViolation"));
        Assert.That(inner.GetProperty(result).GetProperty("jailbreak").GetProperty("filtered").GetBoolean());
        Assert.That(inner.GetProperty(result).TryGetProperty(category, out _));
    }

    [Test]
    public async Task A_rate_limit_says_when_to_retry()
    {
        Emulator.Enqueue(AzureErrors.RateLimited(TimeSpan.FromMilliseconds(1500)));

        using var response = await PostAsync(Asking("Hello"));

        Assert.That(response.Headers.GetValues("retry-after-ms"), Is.EqualTo(new[] { "1500" }));
        Assert.That(response.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromSeconds(2)));
        Assert.That(response.Headers.GetValues("x-ratelimit-remaining-tokens"), Is.EqualTo(new[] { "0" }));
    }

    [Test]
    public async Task A_rate_limit_can_lack_the_time_to_retry()
    {
        Emulator.Enqueue(AzureErrors.RateLimited(null));

        using var response = await PostAsync(Asking("Hello"));

        Assert.That(response.Headers.RetryAfter, Is.Null);
        Assert.That(response.Headers.Contains("retry-after-ms"), Is.False);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_error_has_a_body_with_its_length(bool isStreamed)
    {
        Emulator.Enqueue(AzureErrors.ServerError());

        using var response = await PostAsync(Asking("Hello", isStreamed));

        var body = await response.Content.ReadAsByteArrayAsync(Token);
        Assert.That(response.Headers.TransferEncodingChunked, Is.Not.True);
        Assert.That(response.Content.Headers.ContentLength, Is.EqualTo(body.Length));
    }

    [Test]
    public async Task A_whole_answer_has_its_length()
    {
        using var response = await PostAsync(Asking("Hello", stream: false));

        Assert.That(response.Headers.TransferEncodingChunked, Is.Not.True);
        Assert.That(response.Content.Headers.ContentLength, Is.GreaterThan(0));
    }

    [TestCaseSource(nameof(WhoRefuses))]
    public async Task Only_the_service_counts_requests((Script Script, bool IsOfService, bool IsOfAzure) refusal)
    {
        Emulator.Enqueue(refusal.Script);

        using var response = await PostAsync(Asking("Hello"));

        Assert.That(response.Headers.Contains("x-ratelimit-remaining-requests"), Is.EqualTo(refusal.IsOfService));
        Assert.That(response.Headers.Contains("x-request-id"), Is.EqualTo(refusal.IsOfService));
        Assert.That(response.Headers.Contains("apim-request-id"), Is.EqualTo(refusal.IsOfAzure));
    }

    [Test]
    public async Task An_error_of_a_stream_is_the_status_of_an_answer_without_one()
    {
        Emulator.Enqueue(Script.Start().Text("so far").ErrorEvent("server_error", "Oops.").Done());

        using var response = await PostAsync(Asking("Hello", stream: false));

        Assert.That((int)response.StatusCode, Is.EqualTo(500));
        Assert.That(await response.Content.ReadAsStringAsync(Token), Does.StartWith("{\"error\":{\"message\":\"Oops.\""));
    }

    [TestCase("GET", "openai/v1/chat/completions")]
    [TestCase("GET", "openai/v1/models")]
    [TestCase("POST", "openai/deployments/gpt-4o/embeddings?api-version=2024-10-21")]
    [TestCase("POST", "nowhere")]
    public async Task Any_other_address_is_not_found(string method, string path)
    {
        using var response = await Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(404));
        Assert.That(
            await response.Content.ReadAsStringAsync(Token),
            Is.EqualTo("""{"error":{"code":"404","message":"Resource not found"}}"""));
        Assert.That(Emulator.Requests, Is.Empty);
    }

    private static IEnumerable<(Script, bool, bool)> WhoRefuses() =>
    [
        (AzureErrors.ServerError(), true, true),
        (AzureErrors.RateLimited(TimeSpan.FromSeconds(1)), true, true),
        (AzureErrors.PromptFiltered(), true, true),
        (AzureErrors.Unauthorized(), false, true),
        (AzureErrors.AccessDenied(), false, true),
        (AzureErrors.DeploymentNotFound(), false, true),
        (Script.Page(502, "<html></html>"), false, false),
    ];

    private static IEnumerable<(Script, int, string)> Refusals() =>
    [
        (AzureErrors.PromptFiltered(), 400, "content_filter"),
        (AzureErrors.ContextLengthExceeded(), 400, "context_length_exceeded"),
        (AzureErrors.UnsupportedParameter(), 400, "unsupported_parameter"),
        (AzureErrors.Unauthorized(), 401, "401"),
        (AzureErrors.AccessDenied(), 403, "403"),
        (AzureErrors.DeploymentNotFound(), 404, "DeploymentNotFound"),
        (AzureErrors.RateLimited(TimeSpan.FromSeconds(1)), 429, "429"),
        (AzureErrors.ServerError(), 500, "InternalServerError"),
        (AzureErrors.ServiceUnavailable(), 503, "ServiceUnavailable"),
    ];
}
