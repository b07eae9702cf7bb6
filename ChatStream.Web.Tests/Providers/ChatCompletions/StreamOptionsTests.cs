using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using NUnit.Framework;
using static ChatStream.Web.Tests.Providers.ChatCompletions.AzureStream;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>Some services and older api-versions refuse a request with <c>stream_options</c>.</summary>
[CancelAfter(20_000)]
internal sealed class StreamOptionsTests
{
    private static readonly (int, string, string) Answer = (200, "text/event-stream", Data("Hel") + Finish() + Done);

    private static IEnumerable<TestCaseData> Refusals() =>
    [
        Case(400, """{"error":{"message":"Unrecognized request argument supplied: stream_options","type":"invalid_request_error"}}"""),
        Case(400, """{"error":{"message":"secret","param":"stream_options","code":"unknown_parameter"}}"""),
        Case(400, """{"error":{"message":"secret","param":"stream_options.include_usage","code":null}}"""),
        Case(400, """{"error":"Unsupported parameter: 'stream_options'"}"""),
        Case(400, """{"object":"error","message":"stream_options: Extra inputs are not permitted","code":400}"""),
        Case(422, """{"object":"error","message":{"detail":[{"loc":["body","stream_options"],"type":"extra_forbidden"}]}}"""),
        Case(422, """{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"secret"}]}"""),
        Case(400, "unknown field \"stream_options\""),
        Case(400, """{"error":{"message":"Unrecognized key: streamOptions is not supported."}}"""),
        Case(422, """{"detail":"Unknown field: include_usage"}"""),
        Case(415, """{"error":{"message":"stream_options is not supported","code":null}}"""),
        Case(501, """{"error":"stream_options"}"""),
    ];

    private static TestCaseData Case(int status, string body) =>
        new TestCaseData(status, body).SetArgDisplayNames($"{status} {body}");

    [TestCaseSource(nameof(Refusals))]
    public async Task A_service_that_refuses_them_is_asked_once_more_without_and_never_again_with(int status, string body)
    {
        using var service = ScriptedService.InTurn((status, "application/json", body), Answer);
        using var client = TestModel.Behind(service);

        var updates = await client.UpdatesAsync();
        await client.UpdatesAsync();

        Assert.That(updates[0], Is.EqualTo("text 'Hel', id c-1, model gpt-4o"));
        Assert.That(service.Requests.Select(HasOptions), Is.EqualTo(new[] { true, false, false }));
    }

    [Test]
    public async Task A_service_that_refuses_the_second_request_too_is_not_remembered()
    {
        using var service = ScriptedService.InTurn(
            (400, "application/json", """{"error":{"param":"stream_options"}}"""), (400, "application/json", "{}"), Answer);
        using var client = TestModel.Behind(service);

        var (_, failure) = await client.FailureAsync();
        await client.UpdatesAsync();

        Assert.That(failure.Code, Is.EqualTo(FailureCode.ModelRejected));
        Assert.That(service.Requests.Select(HasOptions), Is.EqualTo(new[] { true, false, true }));
    }

    [TestCase(400, """{"error":{"message":"secret","param":"temperature","code":"unsupported_parameter"}}""")]
    [TestCase(500, """{"error":{"message":"stream_options"}}""")]
    [TestCase(429, """{"error":{"message":"stream_options"}}""")]
    public async Task Another_refusal_is_not_retried(int status, string body)
    {
        using var service = ScriptedService.InTurn((status, "application/json", body), Answer);
        using var client = TestModel.Behind(service);

        await client.FailureAsync();

        Assert.That(service.Requests, Has.Count.EqualTo(1));
    }

    [TestCase("2023-05-15", false)]
    [TestCase("2024-02-01", false)]
    [TestCase("2024-06-01", false)]
    [TestCase("2024-08-01-preview", false)]
    [TestCase("2024-09-01-preview", true)]
    [TestCase("2024-10-21", true)]
    [TestCase("2025-04-01-preview", true)]
    [TestCase("v1", true)]
    public async Task An_api_version_that_does_not_know_them_is_not_asked(string version, bool knows)
    {
        using var service = ScriptedService.InTurn(Answer);
        using var client = TestModel.Behind(service, new DeploymentOptions
        {
            Endpoint = TestModel.Deployment.Endpoint,
            Deployment = "gpt-4o",
            ApiKey = TestModel.Key,
            ApiVersion = version,
        });

        await client.UpdatesAsync();

        Assert.That(service.Requests.Select(HasOptions), Is.EqualTo(new[] { knows }));
    }

    private static bool HasOptions(SentRequest request) => request.Body.Contains("stream_options", StringComparison.Ordinal);
}
