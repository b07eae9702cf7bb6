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

    private static IEnumerable<(Script, int, string)> Refusals() =>
    [
        (AzureErrors.PromptFiltered(), 400, "content_filter"),
        (AzureErrors.ContextLengthExceeded(), 400, "context_length_exceeded"),
        (AzureErrors.UnsupportedParameter(), 400, "unsupported_parameter"),
        (AzureErrors.Unauthorized(), 401, "401"),
        (AzureErrors.DeploymentNotFound(), 404, "DeploymentNotFound"),
        (AzureErrors.RateLimited(TimeSpan.FromSeconds(1)), 429, "429"),
        (AzureErrors.ServerError(), 500, "InternalServerError"),
        (AzureErrors.ServiceUnavailable(), 503, "ServiceUnavailable"),
    ];
}
