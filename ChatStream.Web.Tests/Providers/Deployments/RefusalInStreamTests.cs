using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Failover;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using ChatStream.Web.Tests.Providers.Responses;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Deployments;

/// <summary>
/// A service may answer 200 and refuse in the stream. Before the first word that is treated as a refusal with a status: what can
/// be corrected is asked again, and what may pass is asked of the next deployment.
/// </summary>
[CancelAfter(20_000)]
internal sealed class RefusalInStreamTests
{
    private const string Temperature =
        "\"message\":\"Unsupported parameter: 'temperature' is not supported with this model.\",\"param\":\"temperature\","
        + "\"code\":\"unsupported_parameter\"";

    private const string Role = """data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}""" + "\n\n";
    private const string Filter = """data: {"choices":[],"id":"","model":"","prompt_filter_results":[]}""" + "\n\n";

    private static readonly string Answer = AzureStream.Data("Hello") + AzureStream.Finish() + AzureStream.Done;

    private static readonly string Response =
        ResponsesStream.Created + ResponsesStream.Text("Hello") + ResponsesStream.Completed();

    private static IEnumerable<TestCaseData> Dresses()
    {
        (string Name, string Stream)[] chat =
        [
            ("an object", $"data: {{\"error\":{{{Temperature}}}}}\n\n" + AzureStream.Done),
            ("a status of its own", $"data: {{\"error\":{{\"status\":400,{Temperature}}}}}\n\n"),
            ("the name of the event", $"event: error\ndata: {{{Temperature}}}\n\n"),
            ("a field", $"error: {{{Temperature}}}\n\n"),
            ("bare", $"{{\"error\":{{{Temperature}}}}}\n"),
            ("after the chunk with the role", Role + $"data: {{\"error\":{{{Temperature}}}}}\n\n"),
            ("after the filter's chunk", Filter + $"data: {{\"error\":{{{Temperature}}}}}\n\n"),
            ("in the choice",
                $"data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"error\",\"error\":{{{Temperature}}}}}]}}\n\n"),
            ("words only", "data: {\"error\":\"Unrecognized request argument supplied: temperature\"}\n\n"),
        ];
        foreach (var (name, stream) in chat)
            yield return new TestCaseData(TestModel.Deployment, stream, Answer).SetArgDisplayNames($"chat, {name}");
        (string Name, string Stream)[] responses =
        [
            ("an error event", $"event: error\ndata: {{\"type\":\"error\",\"sequence_number\":1,{Temperature}}}\n\n"),
            ("an object", $"data: {{\"type\":\"error\",\"error\":{{{Temperature}}}}}\n\n"),
            ("a failed response", ResponsesStream.Created + ResponsesStream.End("failed", $"\"error\":{{{Temperature}}}")),
            ("a failed response that is whole", $"{{\"id\":\"r\",\"status\":\"failed\",\"error\":{{{Temperature}}}}}"),
            ("bare", $"{{\"error\":{{{Temperature}}}}}"),
        ];
        foreach (var (name, stream) in responses)
        {
            yield return new TestCaseData(ResponsesStream.Deployment, stream, Response)
                .SetArgDisplayNames($"responses, {name}");
        }
    }

    [TestCaseSource(nameof(Dresses))]
    public async Task What_is_refused_before_the_first_word_is_left_out_and_remembered(
        DeploymentOptions deployment, string refusal, string answer)
    {
        using var log = new LogCapture();
        using var service = ScriptedService.InTurn(Stream(refusal), Stream(answer));
        using var client = TestModel.Behind(service, deployment, log: log);

        Assert.That(await AskAsync(client), Is.EqualTo("Hello"));
        Assert.That(await AskAsync(client), Is.EqualTo("Hello"));

        Assert.That(
            service.Requests.Select(request => request.Body.Contains("temperature", StringComparison.Ordinal)),
            Is.EqualTo(new[] { true, false, false }));
        Assert.That(log.Lines.Select(line => line.Text), Is.EqualTo(new[]
        {
            $"The deployment {deployment.Deployment} is asked without frequency_penalty, presence_penalty, temperature, top_p"
            + " from now on, because its service refused what was sent.",
        }));
    }

    [Test]
    public async Task A_whole_answer_that_is_a_refusal_is_asked_again_too()
    {
        using var service = ScriptedService.InTurn(
            (200, "application/json", $"{{\"error\":{{{Temperature}}}}}"),
            (200, "application/json", """{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}"""));
        using var client = TestModel.Behind(service);

        var answer = await client.GetResponseAsync(TestModel.Hello, Options(), Token);

        Assert.That((answer.Text, service.Requests.Count), Is.EqualTo(("Hello", 2)));
    }

    [Test]
    public async Task A_model_with_responses_only_may_say_so_in_the_stream()
    {
        using var service = ScriptedService.InTurn(
            Stream("""data: {"error":{"code":"OperationNotSupported","message":"secret"}}""" + "\n\n"), Stream(Response));
        using var client = TestModel.Behind(service);

        Assert.That(await AskAsync(client), Is.EqualTo("Hello"));
        Assert.That(service.Requests.Select(request => request.Address.AbsolutePath), Is.EqualTo(new[]
        {
            "/openai/v1/chat/completions", "/openai/v1/responses",
        }));
    }

    [Test]
    public async Task A_service_that_refuses_in_both_ways_is_asked_a_few_times_in_all()
    {
        string[] members =
            ["max_completion_tokens", "max_tokens", "temperature", "reasoning_effort", "verbosity"];
        using var service = ScriptedService.InTurn([.. members.Select((name, n) => (n % 2 == 0 ? 200 : 400, "text/event-stream",
            (n % 2 == 0 ? "data: " : "") + $"{{\"error\":{{\"message\":\"Unknown parameter: '{name}'.\",\"param\":\"{name}\"}}}}"
            + "\n\n"))]);
        using var client = TestModel.Behind(service);

        Assert.That(() => AskAsync(client), Throws.TypeOf<ModelException>());
        Assert.That(service.Requests, Has.Count.EqualTo(5));
    }

    [TestCase("""{"choices":[{"index":0,"delta":{"content":"Hel"}}]}""", TestName = "After a word")]
    [TestCase("""{"choices":[{"index":0,"delta":{"reasoning_content":"Hm."}}]}""", TestName = "After reasoning")]
    [TestCase("""{"choices":[{"index":0,"delta":{"content":"Hel"},"error":{}}],"error":{"code":400}}""",
        TestName = "With a word")]
    public async Task After_the_first_word_nothing_is_asked_again(string word)
    {
        using var service = ScriptedService.InTurn(
            Stream($"data: {word}\n\ndata: {{\"error\":{{{Temperature}}}}}\n\n"), Stream(Answer));
        using var client = TestModel.Behind(service);

        Assert.That(() => AskAsync(client), Throws.TypeOf<ModelException>());
        Assert.That(service.Requests, Has.Count.EqualTo(1));
        await AskAsync(client);
        Assert.That(service.Requests[1].Body, Does.Contain("temperature"), "nothing was learned");
    }

    [TestCase(401)]
    [TestCase(429)]
    [TestCase(500)]
    public async Task An_error_with_a_status_that_is_not_about_the_request_is_not_corrected(int status)
    {
        using var service = ScriptedService.InTurn(
            Stream($"data: {{\"error\":{{\"status\":{status},{Temperature}}}}}\n\n"), Stream(Answer));
        using var client = TestModel.Behind(service);

        Assert.That(() => AskAsync(client), Throws.TypeOf<ModelException>());
        Assert.That(service.Requests, Has.Count.EqualTo(1));
    }

    [TestCase("""{"error":{"code":429,"message":"secret"}}""")]
    [TestCase("""{"error":{"code":"rate_limit_exceeded"}}""")]
    [TestCase("""{"error":{"type":"insufficient_quota"}}""")]
    [TestCase("""{"error":{"code":"503"}}""")]
    [TestCase("""{"error":{"code":408}}""")]
    [TestCase("""{"error":{"type":"server_error","message":"secret"}}""")]
    [TestCase("""{"error":{"code":"DeploymentNotFound"}}""")]
    [TestCase("""{"object":"error","message":"secret","code":500}""")]
    public async Task What_may_pass_is_asked_of_the_next_deployment(string error)
    {
        (DeploymentOptions, string)[] begun =
        [
            (TestModel.Deployment, ""), (TestModel.Deployment, Filter + Role),
            (ResponsesStream.Deployment, ""), (ResponsesStream.Deployment, ResponsesStream.Created),
        ];
        foreach (var (deployment, before) in begun)
        {
            using var one = ScriptedService.InTurn(Stream($"{before}data: {error}\n\n"));
            using var two = ScriptedService.InTurn(Stream(Answer));
            using var model = Over(TestModel.Behind(one, deployment), TestModel.Behind(two));

            Assert.That((await AskAsync(model), one.Requests.Count, two.Requests.Count), Is.EqualTo(("Hello", 1, 1)), before);
            await AskAsync(model);
            Assert.That(one.Requests, Has.Count.EqualTo(1), "it cools");
        }
    }

    [TestCase("""{"code":"server_error","message":"secret"}""")]
    [TestCase("""{"code":"rate_limit_exceeded","message":"secret"}""")]
    [TestCase("null")]
    public async Task A_response_that_failed_before_the_first_word_is_asked_of_the_next_deployment(string error)
    {
        using var one = ScriptedService.InTurn(
            Stream(ResponsesStream.Created + ResponsesStream.End("failed", $"\"error\":{error}")));
        using var two = ScriptedService.InTurn(Stream(Answer));
        using var model = Over(TestModel.Behind(one, ResponsesStream.Deployment), TestModel.Behind(two));

        Assert.That((await AskAsync(model), one.Requests.Count, two.Requests.Count), Is.EqualTo(("Hello", 1, 1)));
    }

    [TestCase("""{"error":{"code":"content_filter"}}""", FailureCode.ContentFilter)]
    [TestCase("""{"error":{"code":"context_length_exceeded"}}""", FailureCode.ContextLengthExceeded)]
    [TestCase("""{"error":{"code":400}}""", FailureCode.ModelRejected)]
    public async Task What_any_deployment_would_refuse_is_passed_on(string error, FailureCode code)
    {
        using var one = ScriptedService.InTurn(Stream($"data: {error}\n\n"));
        using var two = ScriptedService.InTurn(Stream(Answer));
        using var model = Over(TestModel.Behind(one), TestModel.Behind(two));

        var (_, failure) = await model.FailureAsync();

        Assert.That((failure.Code, two.Requests.Count), Is.EqualTo((code, 0)));
    }

    [TestCase("""{"choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":"error"}]}""")]
    [TestCase("""{"choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":"error","error":{"code":500}}]}""")]
    [TestCase("""{"error":{"message":"secret"},"choices":[{"index":0,"delta":{"content":"Hel"}}]}""")]
    public async Task Text_that_comes_with_the_error_is_kept(string chunk)
    {
        var (updates, failure) =
            await TestModel.Behind(ScriptedService.Streaming($"data: {chunk}\n\n" + AzureStream.Done)).FailureAsync();

        Assert.That((updates, failure.Code), Is.EqualTo((new List<string> { "text 'Hel'" }, FailureCode.ModelUnavailable)));
    }

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    private static (int, string, string) Stream(string body) => (200, "text/event-stream", body);

    private static ChatOptions Options() => new()
    {
        MaxOutputTokens = 100,
        Temperature = 0.5f,
        AdditionalProperties = new() { [RequestParameters.Effort] = "minimal", [RequestParameters.Verbosity] = "low" },
    };

    private static FailoverClient Over(params IChatClient[] deployments) => new(
        "big", [.. deployments.Select((client, n) => new ModelDeployment(
            $"{n}", client, new CoolDown(new FailoverOptions(), TimeProvider.System)))],
        new ModelTimeouts().Total, TimeProvider.System, NullLogger<FailoverClient>.Instance);

    private static async Task<string> AskAsync(IChatClient client)
    {
        var text = "";
        await foreach (var update in client.GetStreamingResponseAsync(TestModel.Hello, Options(), Token))
            text += update.Text;
        return text;
    }
}
