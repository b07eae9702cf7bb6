using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Observing;

/// <summary>
/// What a collector gets of one answer: the request's span, the generation's, which is linked to it, and below that the call of
/// the model and its request over HTTP. By the semantic conventions for generative AI of OpenTelemetry 1.37.0.
/// </summary>
internal sealed class TraceTests : AppTest
{
    private const string Secret = "a-text-that-no-span-may-have";

    private OtlpReceiver _receiver = null!;

    protected override async Task PrepareAsync() => _receiver = await OtlpReceiver.StartAsync();

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = _receiver.Address;
        setup.Settings["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        setup.Settings["OTEL_BSP_SCHEDULE_DELAY"] = "50";
        // Spans of fixtures that run beside this one come too.
        setup.Settings["OTEL_BSP_MAX_QUEUE_SIZE"] = "100000";
        setup.Settings["OTEL_METRIC_EXPORT_INTERVAL"] = "200";
    }

    [OneTimeTearDown]
    public async Task StopReceiverAsync() => await _receiver.DisposeAsync();

    [Test]
    public void The_version_of_the_conventions_is_1_37_0() =>
        Assert.That(Web.Providers.Failover.ModelCall.Conventions, Is.EqualTo("1.37.0"));

    [Test]
    public async Task An_answer_is_a_tree_of_spans_from_the_request_to_the_model()
    {
        Answers(Secret, Script.Start().Text($"{Secret} ").Text("answered").Finish("stop").Usage(12, 7).Done());
        await using var stream = await User.StartAsync(Secret, Token);
        await stream.ToEndAsync();
        await using var again = await User.AttachAsync(stream.GenerationId, cancellationToken: Token);
        await again.ToEndAsync();

        var generation = await SpanAsync(span =>
            span.Name == "generation" && Of(span, "chatstream.generation.id") == stream.GenerationId);
        var call = await SpanAsync(span => span.ParentId == generation.Id);
        var http = await SpanAsync(span => span.ParentId == call.Id);
        var request = await SpanAsync(span => generation.Links.Contains((span.TraceId, span.Id)));
        var attached = await SpanAsync(span =>
            span.Name == "GET chat/stream/{generationId}" && Of(span, "chatstream.generation.id") == stream.GenerationId);

        using var scope = Assert.EnterMultipleScope();
        Assert.That((request.Name, request.Kind), Is.EqualTo(("POST chat/stream", 2)));
        Assert.That(Of(request, "chatstream.generation.id"), Is.EqualTo(stream.GenerationId));
        Assert.That(Of(request, "http.response.status_code"), Is.EqualTo("200"));
        Assert.That((generation.Kind, generation.Source, generation.ParentId), Is.EqualTo((1, "ChatStream.Generations", "")));
        Assert.That(generation.TraceId, Is.Not.EqualTo(request.TraceId), "it may outlive the request: a link, and no parent");
        Assert.That(generation.Attributes, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["chatstream.generation.id"] = stream.GenerationId,
            ["chatstream.model"] = "gpt-4o",
            ["chatstream.end.reason"] = "completed",
        }));
        Assert.That(generation.Events, Is.EqualTo((string[])["chatstream.first_word"]));
        Assert.That((call.Name, call.Kind, call.Source), Is.EqualTo(("chat gpt-4o", 3, "ChatStream.Models")));
        Assert.That(call.Attributes, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["gen_ai.operation.name"] = "chat",
            ["gen_ai.provider.name"] = "azure.ai.openai",
            ["gen_ai.request.model"] = "gpt-4o",
            ["gen_ai.response.model"] = call.Attributes["gen_ai.response.model"],
            ["gen_ai.response.finish_reasons"] = "stop",
            ["gen_ai.usage.input_tokens"] = "12",
            ["gen_ai.usage.output_tokens"] = "7",
            ["chatstream.deployment"] = "gpt-4o",
        }));
        Assert.That((http.Name, http.Kind, http.Source), Is.EqualTo(("POST", 3, "System.Net.Http")));
        Assert.That(attached.TraceId, Is.Not.EqualTo(generation.TraceId));
        Assert.That(_receiver.Spans.SelectMany(span => span.Attributes.Values), Has.None.Contains(Secret));
        Assert.That(_receiver.Spans.SelectMany(span => span.Attributes.Keys), Has.None.AnyOf("url.query", "url.path"));
    }

    [Test]
    public async Task A_question_in_an_address_is_in_no_span()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/chat/stream?message={Secret}");
        await using var stream = await User.StreamAsync(request, Token);
        await stream.ToEndAsync();

        await SpanAsync(span => span.Name == "GET chat/stream" && Of(span, "chatstream.generation.id") == stream.GenerationId);

        Assert.That(_receiver.Spans.SelectMany(span => span.Attributes.Values), Has.None.Contains(Secret));
    }

    [Test]
    public async Task A_failure_is_an_error_of_the_call_and_of_the_generation()
    {
        Answers("Fail", Script.Error(400, """{"error":{"code":"invalid_request","message":"No."}}"""));
        var answer = await User.AskAsync("Fail");
        var id = answer.GetProperty("generationId").GetString();

        var generation = await SpanAsync(span => Of(span, "chatstream.generation.id") == id && span.Name == "generation");
        var call = await SpanAsync(span => span.ParentId == generation.Id);

        Assert.That((generation.Status, Of(generation, "error.type")), Is.EqualTo((2, "model_rejected")));
        Assert.That((call.Status, Of(call, "error.type")), Is.EqualTo((2, "model_rejected")));
        Assert.That(call.Attributes.Keys, Has.None.StartsWith("gen_ai.usage"));
    }

    [Test]
    public async Task Metrics_go_to_the_collector_too()
    {
        await User.AskAsync("Hi");

        string[] expected =
        [
            "chatstream.answer.first_word", "chatstream.answers.ended", "chatstream.answers.running", "chatstream.readers",
            "chatstream.tokens",
        ];
        Assert.That(
            async () => await _receiver.UntilAsync(() => expected.All(_receiver.Metrics.Contains), Token), Throws.Nothing,
            () => $"There is only {string.Join(", ", _receiver.Metrics)}");
    }

    private async Task<Span> SpanAsync(Func<Span, bool> isMeant)
    {
        await _receiver.UntilAsync(() => _receiver.Spans.Any(isMeant), Token);
        return _receiver.Spans.First(isMeant);
    }

    private static string? Of(Span span, string attribute) => span.Attributes.GetValueOrDefault(attribute);
}
