using System.Net;
using System.Text.Json;
using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

/// <summary>The emulator speaks the Responses API, by the same scripts.</summary>
internal sealed class EmulatorResponsesTests : EmulatorTest
{
    private const string V1 = "openai/v1/responses";

    [Test]
    public async Task A_stream_has_every_event_in_its_order()
    {
        var events = await EventsOfAsync(
            Script.Start().Reasoning("Hm.").Text("Hel").Text("lo").Finish("stop").Usage(12, 2).Done());

        Assert.That(events.Select(json => json.GetProperty("type").GetString()), Is.EqualTo(new[]
        {
            "response.created", "response.in_progress",
            "response.output_item.added", "response.reasoning_summary_part.added", "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.done", "response.reasoning_summary_part.done", "response.output_item.done",
            "response.output_item.added", "response.content_part.added", "response.output_text.delta",
            "response.output_text.delta", "response.output_text.done", "response.content_part.done",
            "response.output_item.done", "response.completed",
        }));
        Assert.That(events.Select(json => json.GetProperty("sequence_number").GetInt32()), Is.EqualTo(Enumerable.Range(0, 16)));
        var response = events[^1].GetProperty("response");
        Assert.That(response.GetProperty("status").GetString(), Is.EqualTo("completed"));
        Assert.That(TextOf(response), Is.EqualTo("Hello"));
        Assert.That(response.GetProperty("usage").GetProperty("output_tokens").GetInt32(), Is.EqualTo(2));
        Assert.That(events[4].GetProperty("delta").GetString(), Is.EqualTo("Hm."));
    }

    [Test]
    public async Task Each_event_is_named_and_nothing_follows_the_last()
    {
        var body = await BodyAsync(Script.Answer("Hel"));

        Assert.That(body, Does.StartWith("event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,"));
        Assert.That(body, Does.EndWith("}\n\n").And.Not.Contain("[DONE]"));
    }

    [TestCase("length", "response.incomplete", "max_output_tokens")]
    [TestCase("content_filter", "response.incomplete", "content_filter")]
    public async Task An_incomplete_answer_says_why(string finish, string type, string reason)
    {
        var last = (await EventsOfAsync(Script.Start().Text("a").Finish(finish).Done()))[^1];

        Assert.That(last.GetProperty("type").GetString(), Is.EqualTo(type));
        Assert.That(
            last.GetProperty("response").GetProperty("incomplete_details").GetProperty("reason").GetString(), Is.EqualTo(reason));
    }

    [Test]
    public async Task A_refusal_a_tool_call_and_an_error_have_events_of_their_own()
    {
        var events = await EventsOfAsync(Script.Start().Refusal("No.").ToolCall(0, "{\"a\":", "call_1", "f").ToolCall(0, "1}")
            .ErrorEvent("server_error", "x"));

        Assert.That(events.Select(json => json.GetProperty("type").GetString()), Does.Contain("response.refusal.delta")
            .And.Contain("response.function_call_arguments.delta"));
        Assert.That(events[^1].GetProperty("type").GetString(), Is.EqualTo("error"));
        Assert.That(events[^1].GetProperty("code").GetString(), Is.EqualTo("server_error"));
    }

    [Test]
    public async Task Calls_that_run_in_parallel_keep_their_fragments_apart()
    {
        var script = Script.Start().ToolCall(0, "", "call_1", "f").ToolCall(0, "{\"a\":").ToolCall(1, "", "call_2", "g")
            .ToolCall(1, "{").ToolCall(0, "1}").ToolCall(1, "}").Finish("tool_calls").Done();

        var events = await EventsOfAsync(script);

        var deltas = events.Where(json => json.GetProperty("type").GetString() == "response.function_call_arguments.delta")
            .Select(json => $"{json.GetProperty("output_index")} {json.GetProperty("delta")}");
        Assert.That(deltas, Is.EqualTo(new[] { "0 {\"a\":", "1 {", "0 1}", "1 }" }));
        var calls = events[^1].GetProperty("response").GetProperty("output").EnumerateArray()
            .Select(call => $"{call.GetProperty("call_id")} {call.GetProperty("name")}{call.GetProperty("arguments")}");
        Assert.That(calls, Is.EqualTo(new[] { "call_1 f{\"a\":1}", "call_2 g{}" }));
    }

    [Test]
    public async Task A_whole_response_has_text_and_usage()
    {
        using var json = JsonDocument.Parse(await BodyAsync(Script.Answer("Hel", "lö"), stream: false));

        Assert.That(TextOf(json.RootElement), Is.EqualTo("Hellö"));
        Assert.That(json.RootElement.GetProperty("object").GetString(), Is.EqualTo("response"));
        Assert.That(json.RootElement.GetProperty("usage").GetProperty("total_tokens").GetInt32(), Is.EqualTo(14));
    }

    [TestCase(V1, HttpStatusCode.OK)]
    [TestCase("v1/responses", HttpStatusCode.OK)]
    [TestCase("openai/responses?api-version=2025-04-01-preview", HttpStatusCode.OK)]
    [TestCase("openai/responses?api-version=2024-10-21", HttpStatusCode.BadRequest)]
    [TestCase("openai/responses", HttpStatusCode.NotFound)]
    [TestCase(V1 + "?api-version=v1", HttpStatusCode.OK)]
    [TestCase(V1 + "?api-version=preview", HttpStatusCode.OK)]
    [TestCase(V1 + "?api-version=2024-10-21", HttpStatusCode.BadRequest)]
    public async Task Both_surfaces_have_it(string path, HttpStatusCode status)
    {
        using var response = await PostAsync(Request(stream: true), path);

        Assert.That(response.StatusCode, Is.EqualTo(status));
    }

    [TestCase("openai/v1/chat/completions", """{"model":"gpt-4o","messages":[]}""", "empty_array")]
    [TestCase(V1, """{"model":"gpt-5","input":[]}""", "empty_array")]
    [TestCase(V1, """{"model":"gpt-5"}""", "missing_required_parameter")]
    [TestCase(V1, """{"model":"gpt-5","input":"Hi","messages":[{}]}""", "unknown_parameter")]
    [TestCase(V1, """{"model":"gpt-5","input":"Hi","temperature":0.5}""", "unsupported_value")]
    [TestCase(V1, """{"model":"gpt-4o","input":"Hi","reasoning":{"effort":"low"}}""", "unsupported_parameter")]
    [TestCase(V1, """{"model":"gpt-5.1","input":"Hi","reasoning":{"effort":"minimal"}}""", "unsupported_value")]
    [TestCase(V1, """{"model":"DeepSeek-R1","input":"Hi"}""", "OperationNotSupported")]
    [TestCase("openai/v1/chat/completions", """{"model":"gpt-5-pro","messages":[{}]}""", "OperationNotSupported")]
    [TestCase("openai/v1/chat/completions", """{"model":"o3-mini","messages":[{}],"max_tokens":1}""", "unsupported_parameter")]
    [TestCase("openai/v1/chat/completions", """{"model":"gpt-4o","messages":[{}],"reasoning_effort":"low"}""", null)]
    [TestCase("openai/v1/chat/completions", """{"model":"gpt-4o","messages":[{}],"mistyped":1}""", "unknown_parameter")]
    [TestCase("openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
        """{"messages":[{}],"max_completion_tokens":1,"reasoning_effort":"low"}""", null)]
    [TestCase("openai/deployments/gone/chat/completions?api-version=2024-10-21", """{"messages":[{}]}""", "DeploymentNotFound")]
    public async Task What_azure_refuses_is_refused_in_its_words(string path, string body, string? code)
    {
        using var content = new StringContent(body);
        using var response = await Client.PostAsync(path, content, Token);

        Assert.That((int)response.StatusCode, Is.AnyOf(400, 404));
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        Assert.That(json.RootElement.GetProperty("error").GetProperty("code").GetString(), Is.EqualTo(code));
    }

    [Test]
    public async Task All_that_a_model_does_not_know_is_named_at_once()
    {
        using var content = new StringContent("""{"model":"gpt-4o","messages":[{}],"verbosity":"low","reasoning_effort":"low"}""");
        using var response = await Client.PostAsync("openai/v1/chat/completions", content, Token);

        Assert.That(
            await response.Content.ReadAsStringAsync(Token),
            Does.Contain("Unrecognized request arguments supplied: reasoning_effort, verbosity"));
    }

    [Test]
    public async Task A_parameter_that_is_null_is_none()
    {
        using var content = new StringContent("""{"model":"o3-mini","messages":[{}],"max_tokens":null,"mistyped":null}""");
        using var response = await Client.PostAsync("openai/v1/chat/completions", content, Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    protected override EmulatorOptions Options(TimeProvider time) => new()
    {
        TimeProvider = time,
        Deployments = new HashSet<string> { "gpt-4o", "gpt-5", "gpt-5.1", "gpt-5-pro", "o3-mini", "DeepSeek-R1" },
    };

    private static object Request(bool stream) => new { model = "gpt-5", input = "Hello", stream };

    private static string TextOf(JsonElement response) => string.Concat(
        response.GetProperty("output").EnumerateArray().Where(item => item.GetProperty("type").GetString() == "message")
            .SelectMany(item => item.GetProperty("content").EnumerateArray())
            .Select(part => part.GetProperty("text").GetString()));

    private async Task<string> BodyAsync(Script script, bool stream = true)
    {
        Emulator.Enqueue(script);
        using var response = await PostAsync(Request(stream), V1);
        return await response.Content.ReadAsStringAsync(Token);
    }

    private async Task<List<JsonElement>> EventsOfAsync(Script script) =>
    [
        .. (await BodyAsync(script)).Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal))
            .Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement),
    ];
}
