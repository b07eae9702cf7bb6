using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Deployments;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using ChatStream.Web.Tests.Providers.Responses;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Deployments;

/// <summary>What a service refuses is left out or replaced once, and remembered for the deployment.</summary>
[CancelAfter(20_000)]
internal sealed class CorrectionTests
{
    private const string All =
        ",\"max_completion_tokens\":100,\"temperature\":0.5,\"top_p\":0.9,\"frequency_penalty\":1,\"presence_penalty\":1"
        + ",\"reasoning_effort\":\"minimal\",\"verbosity\":\"low\"";

    private static readonly (int, string, string) Answer = (200, "text/event-stream", AzureStream.Finish() + AzureStream.Done);

    private static IEnumerable<TestCaseData> Refusals() =>
    [
        Case(400, Error("Unsupported parameter: 'max_completion_tokens' is not supported with this model.",
            "max_completion_tokens", "unsupported_parameter"), "\"max_completion_tokens\"", "\"max_tokens\""),
        Case(400, Error("Unrecognized request argument supplied: max_completion_tokens"),
            "\"max_completion_tokens\"", "\"max_tokens\""),
        Case(422, """{"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"],"msg":"Extra inputs are not permitted"}]}""",
            "\"max_completion_tokens\"", "\"max_tokens\""),
        Case(400, Error("Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is"
            + " supported.", "temperature", "unsupported_value"),
            ",\"temperature\":0.5,\"top_p\":0.9,\"frequency_penalty\":1,\"presence_penalty\":1", ""),
        Case(400, Error("Unsupported parameter: 'top_p' is not supported with this model.", "top_p", "unsupported_parameter"),
            ",\"top_p\":0.9", ""),
        Case(400, Error("Argument not supported on this model: presencePenalty"),
            ",\"frequency_penalty\":1,\"presence_penalty\":1", ""),
        Case(400, Error("Unrecognized request argument supplied: reasoning_effort"), ",\"reasoning_effort\":\"minimal\"", ""),
        Case(400, Error("Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are:"
            + " 'low', 'medium', and 'high'.", "reasoning_effort", "unsupported_value"), "\"minimal\"", "\"low\""),
        Case(400, Error("Unsupported value: 'minimal' is not supported with the 'gpt-5.1' model. Supported values are: 'none',"
            + " 'low', 'medium', and 'high'.", "reasoning_effort", "unsupported_value"), "\"minimal\"", "\"low\""),
        Case(400, Error("Unsupported value: 'reasoning_effort' does not support 'minimal'. Supported values are: 'high'."),
            "\"minimal\"", "\"high\""),
        Case(400, Error("Unknown parameter: 'verbosity'.", "verbosity", "unknown_parameter"), ",\"verbosity\":\"low\"", ""),
        Case(400, Error("No.", "verbosity", "UnsupportedParameter"), ",\"verbosity\":\"low\"", ""),
        Case(400, Error("Unsupported value: 'messages[0].role' does not support 'system' with this model.", "messages[0].role",
            "unsupported_value"), "\"role\":\"system\"", "\"role\":\"developer\""),
        Case(400, Error("System role not supported"), "\"role\":\"system\"", "\"role\":\"developer\""),
        Case(400, Error("Unrecognized request arguments supplied: reasoning_effort, verbosity"),
            ",\"reasoning_effort\":\"minimal\",\"verbosity\":\"low\"", ""),
        Case(400, "{\"error\":{\"message\":\"unknown field `verbosity`, expected one of `temperature`, `top_p`\"}}",
            ",\"verbosity\":\"low\"", ""),
        Case(400, Error("Unknown parameter: 'service_tier'.", "service_tier", "unknown_parameter"),
            ",\"service_tier\":\"flex\"", ""),
        Case(400, Error("prompt_cache_key: Extra inputs are not permitted"), ",\"prompt_cache_key\":\"c-1\"", ""),
        Case(400, Error("`temperature` is deprecated for this model."), Sampling, ""),
        Case(400, Error("invalid temperature: only 1 is allowed for this model"), Sampling, ""),
        Case(400, Error("'temperature' must be 1 when thinking is enabled."), Sampling, ""),
        Case(400, Error("temperature may only be set to 1 with this model"), Sampling, ""),
        Case(400, Error("The parameter temperature is not available for reasoning models."), Sampling, ""),
        Case(400, Error("temperature cannot be specified together with thinking"), Sampling, ""),
        Case(400, Error("top_p and temperature are no longer supported"), Sampling, ""),
        Case(400, Error("Conversation roles must alternate user/assistant/user/assistant/..."), Instructed, Alternating),
        Case(400, Error("Only user and assistant roles are supported!"), Instructed, Alternating),
        Case(400, Error("This model only supports 'user' and 'assistant' roles."), Instructed, Alternating),
        Case(400, """{"message":"{'type': 'literal_error', 'loc': ('body', 'reasoning_effort'), 'msg': \"Input should be 'low', 'medium' or 'high'\", 'input': 'minimal'}","code":400}""",
            "\"minimal\"", "\"low\""),
        Case(422, """{"detail":[{"type":"literal_error","loc":["body","reasoning_effort"],"msg":"Input should be 'medium' or 'high'","input":"minimal"}]}""",
            "\"minimal\"", "\"medium\""),
        Case(422, """{"detail":[{"msg":"Input should be 'low' or 'high'","input":"minimal","loc":["body","reasoning_effort"]}]}""",
            "\"minimal\"", "\"low\""),
        Case(400,
            Error("invalid think value: \\\"minimal\\\" (must be \\\"high\\\", \\\"medium\\\", \\\"low\\\", true, or false)"),
            "\"minimal\"", "\"low\""),
        Case(400, Error("\\\"mistral\\\" does not support thinking"), ",\"reasoning_effort\":\"minimal\"", ""),
        Case(400, Error("think value \\\"minimal\\\" is not supported for this model"), ",\"reasoning_effort\":\"minimal\"", ""),
        Case(400, """{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"Unknown parameter: 'verbosity'.\",\"param\":\"verbosity\",\"code\":\"unknown_parameter\"}}","provider_name":"x"}}}""",
            ",\"verbosity\":\"low\"", ""),
        Case(422, """{"error":{"message":"Provider returned error","code":422,"metadata":{"raw":{"detail":[{"loc":["body","verbosity"],"type":"extra_forbidden"}]}}}}""",
            ",\"verbosity\":\"low\"", ""),
    ];

    private const string Sampling = ",\"temperature\":0.5,\"top_p\":0.9,\"frequency_penalty\":1,\"presence_penalty\":1";
    private const string Instructed = "{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"";
    private const string Alternating = "{\"role\":\"user\",\"content\":\"Be brief.\\n\\n";

    [TestCaseSource(nameof(Refusals))]
    public async Task What_is_refused_is_replaced_and_remembered(int status, string body, string refused, string instead)
    {
        using var service = ScriptedService.InTurn((status, "application/json", body), Answer);
        using var client = TestModel.Behind(service, Deployment());

        await AskAsync(client);
        await AskAsync(client);

        var (first, second) = (service.Requests[0].Body, service.Requests[1].Body);
        Assert.That(first, Does.Contain(refused));
        Assert.That(second, Is.EqualTo(first.Replace(refused, instead, StringComparison.Ordinal)));
        Assert.That(service.Requests.Select(request => request.Body), Is.EqualTo(new[] { first, second, second }));
    }

    [Test]
    public async Task The_limit_is_left_out_where_both_of_its_names_are_refused()
    {
        using var service = ScriptedService.InTurn(
            (400, "application/json", Error("Unknown parameter: 'max_completion_tokens'.", "max_completion_tokens")),
            (400, "application/json", Error("Unknown parameter: 'max_tokens'.", "max_tokens")), Answer);
        using var client = TestModel.Behind(service, Deployment());

        await AskAsync(client);

        Assert.That(service.Requests[2].Body, Does.Not.Contain("_tokens\""));
    }

    [Test]
    public async Task A_service_that_refuses_one_after_the_other_is_asked_a_few_times_and_then_fails()
    {
        string[] members =
            ["max_completion_tokens", "max_tokens", "temperature", "reasoning_effort", "verbosity", "service_tier"];
        using var service = ScriptedService.InTurn(
            [.. members.Select(name => (400, "application/json", Error($"Unknown parameter: '{name}'.", name)))]);
        using var client = TestModel.Behind(service, Deployment());

        Assert.That(() => AskAsync(client), Throws.TypeOf<ModelException>()
            .With.Property(nameof(ModelException.Code)).EqualTo(FailureCode.ModelRejected));
        Assert.That(service.Requests, Has.Count.EqualTo(5));
    }

    [TestCase(400, """{"error":{"message":"max_completion_tokens is too large: 100.","param":"max_completion_tokens","code":null}}""")]
    [TestCase(400, """{"error":{"message":"Invalid 'temperature': decimal above maximum value.","param":"temperature","code":"decimal_above_max_value"}}""")]
    [TestCase(400, """{"error":{"message":"Unknown parameter: 'seed'.","param":"seed","code":"unknown_parameter"}}""")]
    [TestCase(400, """{"error":{"message":"max_completion_tokens must be 1 or more.","param":"max_completion_tokens"}}""")]
    [TestCase(400, """{"error":{"message":"The vector store is not available."}}""")]
    [TestCase(400, """{"error":{"message":"temperature must be 1.0 or less"}}""")]
    [TestCase(400, """{"error":{"message":"temperature must be 1.5 or less"}}""")]
    [TestCase(400, """{"error":{"message":"temperature must be 1 or less"}}""")]
    [TestCase(400, """{"error":{"message":"After the optional system message, conversation roles must alternate user and assistant"}}""")]
    [TestCase(401, """{"error":{"message":"Unknown parameter: 'temperature'.","param":"temperature","code":"unknown_parameter"}}""")]
    [TestCase(429, """{"error":{"message":"Unknown parameter: 'temperature'.","param":"temperature","code":"unknown_parameter"}}""")]
    [TestCase(500, """{"error":{"message":"Unknown parameter: 'temperature'.","param":"temperature","code":"unknown_parameter"}}""")]
    public async Task Another_refusal_is_not_answered_with_a_second_request(int status, string body)
    {
        using var service = ScriptedService.InTurn((status, "application/json", body), Answer);
        using var client = TestModel.Behind(service, Deployment());

        Assert.That(() => AskAsync(client), Throws.TypeOf<ModelException>());
        Assert.That(service.Requests, Has.Count.EqualTo(1));
        await AskAsync(client);
    }

    [Test]
    public async Task The_settings_say_what_is_never_sent()
    {
        using var service = ScriptedService.InTurn(Answer);
        using var client = TestModel.Behind(service, Deployment("temperature", "stream_options", "system", "reasoning_effort"));

        await AskAsync(client);

        Assert.That(service.Requests.Single().Body, Does.Contain("\"role\":\"developer\"").And.Contain("\"top_p\"")
            .And.Not.Contain("temperature").And.Not.Contain("stream_options").And.Not.Contain("reasoning_effort"));
    }

    [Test]
    public async Task A_cache_key_is_sent_only_where_the_deployment_says_so()
    {
        using var service = ScriptedService.InTurn(Answer);
        using var client = TestModel.Behind(service);

        await AskAsync(client);

        Assert.That(service.Requests.Single().Body, Does.Contain(All).And.Not.Contain("cache").And.Not.Contain("tier"));
    }

    [TestCase("2024-06-01", "\"max_tokens\":100", false)]
    [TestCase("2024-10-21", "\"max_tokens\":100", false)]
    [TestCase("2024-12-01-preview", "\"max_completion_tokens\":100", true)]
    [TestCase("v1", "\"max_completion_tokens\":100", true)]
    public async Task An_api_version_is_not_asked_for_what_it_does_not_know(string version, string limit, bool hasEffort)
    {
        using var service = ScriptedService.InTurn(Answer);
        using var client = TestModel.Behind(service, new DeploymentOptions
        {
            Endpoint = TestModel.Deployment.Endpoint,
            Deployment = "gpt-4o",
            ApiKey = TestModel.Key,
            ApiVersion = version,
        });

        await AskAsync(client);

        Assert.That(service.Requests.Single().Body, Does.Contain(limit));
        Assert.That(service.Requests.Single().Body.Contains("effort", StringComparison.Ordinal), Is.EqualTo(hasEffort));
    }

    [TestCase(400, """{"error":{"code":"OperationNotSupported","message":"The chatCompletion operation does not work with the specified model, gpt-5-codex. Please choose different model and try again."}}""")]
    [TestCase(400, """{"error":{"code":"BadRequest","message":"The requested operation is unsupported."}}""")]
    [TestCase(404, """{"error":{"message":"This model is only supported in v1/responses and not in v1/chat/completions.","param":"model"}}""")]
    [TestCase(404, """{"error":{"message":"This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?","param":"model"}}""")]
    [TestCase(400, """{"error":{"message":"Function tools with reasoning_effort are not supported in /v1/chat/completions. Please use /v1/responses.","param":"reasoning_effort","code":null}}""")]
    [TestCase(400, """{"error":{"message":"Function tools with reasoning_effort are not supported with this model. Use the Responses API or set reasoning_effort to 'none'.","param":"reasoning_effort","code":"unsupported_value"}}""")]
    [TestCase(404, """{"error":{"message":"This model is only available through the Responses API."}}""")]
    [TestCase(400, """{"error":{"message":"Please call the responses endpoint for this model."}}""")]
    public async Task A_model_with_responses_only_is_asked_by_them_from_then_on(int status, string body)
    {
        using var service = ScriptedService.InTurn((status, "application/json", body),
            (200, "text/event-stream", ResponsesStream.Created + ResponsesStream.Text("Hel") + ResponsesStream.Completed()));
        using var log = new LogCapture();
        using var client = TestModel.Behind(service, log: log);

        var updates = await client.UpdatesAsync();
        await client.UpdatesAsync();

        Assert.That(updates, Does.Contain("text 'Hel', id r-1, model gpt-5"));
        Assert.That(service.Requests.Select(request => request.Address.AbsolutePath), Is.EqualTo(new[]
        {
            "/openai/v1/chat/completions", "/openai/v1/responses", "/openai/v1/responses",
        }));
        Assert.That(
            log.Lines.Select(line => line.Text),
            Has.One.Contains("The deployment gpt-4o is asked by the Responses API from now on"));
    }

    [Test]
    public async Task A_refusal_that_names_the_model_tells_its_efforts_too()
    {
        using var service = ScriptedService.InTurn(
            (400, "application/json", Error("The chatCompletion operation does not work with the specified model, gpt-5-pro."
                + " Please choose different model and try again.", null, "OperationNotSupported")),
            (200, "text/event-stream", ResponsesStream.Completed()));
        using var client = TestModel.Behind(service);

        await AskAsync(client);

        Assert.That(service.Requests[1].Body, Does.Contain("\"reasoning\":{\"effort\":\"high\""));
    }

    [TestCase("gpt-5-mini", "minimal", "minimal")]
    [TestCase("gpt-5-pro-eu", "minimal", "high")]
    [TestCase("gpt-5.1", "minimal", "low")]
    [TestCase("gpt-5.5", "minimal", "minimal", Description = "not known")]
    [TestCase("GPT-5-CODEX", "xhigh", "high")]
    public void The_name_of_a_model_tells_its_efforts(string name, string asked, string sent) => Assert.That(
        RequestForm.Of(new DeploymentOptions { Deployment = name }).EffortFor(asked), Is.EqualTo(sent));

    [Test]
    public void The_settings_tell_better_which_efforts_a_model_takes() => Assert.That(
        RequestForm.Of(new DeploymentOptions { Deployment = "gpt-5-pro" }, ["low", "turbo"]).EffortFor("turbo"),
        Is.EqualTo("turbo"));

    [Test]
    public async Task A_server_that_is_known_to_refuse_several_members_is_asked_without_all_of_them()
    {
        using var service = ScriptedService.InTurn((400, "application/json", Error("Unrecognized request arguments supplied:"
            + " max_completion_tokens")), Answer);
        using var client = TestModel.Behind(service, new DeploymentOptions
        {
            Endpoint = TestModel.Deployment.Endpoint,
            Deployment = "DeepSeek-V3",
            ApiKey = TestModel.Key,
        });

        await AskAsync(client);

        Assert.That(service.Requests[0].Body, Does.Contain("reasoning_effort"), "another one of its name may take it");
        Assert.That(service.Requests[1].Body, Does.Contain("\"max_tokens\":100").And.Not.Contain("reasoning_effort"));
    }

    [Test]
    public async Task A_dated_version_without_responses_is_left_for_them()
    {
        using var service = ScriptedService.InTurn(
            (400, "application/json", """{"error":{"code":"OperationNotSupported","message":"secret"}}"""),
            (200, "text/event-stream", ResponsesStream.Completed()));
        using var client = TestModel.Behind(service, new DeploymentOptions
        {
            Endpoint = TestModel.Deployment.Endpoint,
            Deployment = "gpt-5-codex",
            ApiKey = TestModel.Key,
            ApiVersion = "2025-01-01-preview",
        });

        await client.UpdatesAsync();

        Assert.That(service.Requests[1].Address.PathAndQuery, Is.EqualTo("/openai/v1/responses"));
    }

    [Test]
    public async Task A_model_that_refuses_responses_is_not_asked_for_ever()
    {
        using var service = ScriptedService.Answering(
            400, "application/json", """{"error":{"code":"OperationNotSupported","message":"The requested operation is unsupported."}}""");
        using var client = TestModel.Behind(service);

        await client.FailureAsync();

        Assert.That(service.Requests, Has.Count.EqualTo(2));
    }

    [TestCase("reasoning.effort", "unsupported_parameter", ",\"reasoning\":{\"effort\":\"minimal\",\"summary\":\"auto\"}", "")]
    [TestCase("reasoning.summary", "unsupported_value", ",\"summary\":\"auto\"", "")]
    [TestCase("text.verbosity", "unsupported_parameter", ",\"text\":{\"verbosity\":\"low\"}", "")]
    [TestCase("store", "unknown_parameter", ",\"store\":false", "")]
    [TestCase("max_output_tokens", "unknown_parameter", ",\"max_output_tokens\":100", "")]
    public async Task Responses_are_corrected_too(string param, string code, string refused, string instead)
    {
        using var service = ScriptedService.InTurn(
            (400, "application/json", Error($"Unsupported parameter: '{param}'.", param, code)),
            (200, "text/event-stream", ResponsesStream.Completed()));
        using var client = TestModel.Behind(service, ResponsesStream.Deployment);

        await AskAsync(client);

        Assert.That(service.Requests[0].Body, Does.Contain(refused));
        var corrected = service.Requests[0].Body.Replace(refused, instead, StringComparison.Ordinal);
        // A model without reasoning has none to encrypt.
        if (param.StartsWith("reasoning", StringComparison.Ordinal))
            corrected = corrected.Replace(Include, "", StringComparison.Ordinal);
        Assert.That(service.Requests[1].Body, Is.EqualTo(corrected));
    }

    [TestCase(400, "The encrypted content for item rs_1 could not be verified.", null, "invalid_encrypted_content")]
    [TestCase(400, "The encrypted content gAAA could not be verified.", null, null)]
    [TestCase(400, "Encrypted content is not supported with this model.", "include", null)]
    [TestCase(404, "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.", "input", null)]
    public async Task Encrypted_reasoning_that_is_refused_is_left_out(int status, string message, string? param, string? code)
    {
        using var service = ScriptedService.InTurn(
            (status, "application/json", Error(message, param, code)), (200, "text/event-stream", ResponsesStream.Completed()));
        using var client = TestModel.Behind(service, ResponsesStream.Deployment);

        await AskAsync(client);

        Assert.That(service.Requests[0].Body, Does.Contain(Include));
        Assert.That(
            service.Requests[1].Body, Is.EqualTo(service.Requests[0].Body.Replace(Include, "", StringComparison.Ordinal)));
    }

    private const string Include = ",\"include\":[\"reasoning.encrypted_content\"]";

    private static TestCaseData Case(int status, string body, string refused, string instead) =>
        new TestCaseData(status, body, refused, instead).SetArgDisplayNames(body);

    private static string Error(string message, string? param = null, string? code = null) =>
        $"{{\"error\":{{\"message\":\"{message}\",\"type\":\"invalid_request_error\","
        + $"\"param\":{Literal(param)},\"code\":{Literal(code)}}}}}";

    private static string Literal(string? text) => text is null ? "null" : $"\"{text}\"";

    private static DeploymentOptions Deployment(params string[] leaveOut) => new()
    {
        Endpoint = TestModel.Deployment.Endpoint,
        Deployment = "gpt-4o",
        ApiKey = TestModel.Key,
        ServiceTier = "flex",
        PromptCacheKey = true,
        LeaveOut = leaveOut,
    };

    private static async Task AskAsync(DeploymentClient client)
    {
        var options = new ChatOptions
        {
            Instructions = "Be brief.",
            MaxOutputTokens = 100,
            Temperature = 0.5f,
            TopP = 0.9f,
            FrequencyPenalty = 1,
            PresencePenalty = 1,
            AdditionalProperties = new()
            {
                [RequestParameters.Effort] = "minimal",
                [RequestParameters.Verbosity] = "low",
                [RequestParameters.CacheKey] = "c-1",
            },
        };
        await foreach (var _ in client.GetStreamingResponseAsync(
            TestModel.Hello, options, TestContext.CurrentContext.CancellationToken))
        {
        }
    }
}
