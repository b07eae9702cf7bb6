using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>Each end of an answer and each failure: as events, as JSON, and later as JSON and on the page.</summary>
internal sealed class GoldenEndTests : GoldenTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Models:0:Name"] = "gone";
        setup.Settings["Models:0:Deployments:0:Endpoint"] = EmulatorServer.RefusingEndpoint().ToString();
        setup.Settings["Models:0:Deployments:0:Deployment"] = "gpt-4o";
        setup.Settings["Models:0:Deployments:0:ApiKey"] = "emulator-key";
    }

    [TestCaseSource(nameof(Ends))]
    [TestCaseSource(typeof(ModelFault), nameof(ModelFault.Refusals))]
    public async Task Events(ModelFault fault)
    {
        Answers("Hi", fault.Script);
        await SendAsync($$"""
            POST /chat/stream
            Accept: text/event-stream

            {"message":"Hi","model":"{{fault.Model}}"}
            """);
    }

    [TestCaseSource(nameof(Ends))]
    [TestCaseSource(typeof(ModelFault), nameof(ModelFault.Refusals))]
    public async Task Json(ModelFault fault)
    {
        Answers("Hi", fault.Script);
        await SendAsync($$"""
            POST /chat/stream
            Accept: application/json

            {"message":"Hi","model":"{{fault.Model}}"}
            """);
        await SendAsync("GET /chat/stream/{G1}\nAccept: application/json");
    }

    private static IEnumerable<TestCaseData> Ends()
    {
        static Script Begun() => Script.Start().Text("so far");
        static TestCaseData Of(string name, Script script) =>
            new TestCaseData(new ModelFault(script, "", null)).SetArgDisplayNames(name);

        yield return Of("completed", Begun().Finish("stop").Usage(12, 7).Done());
        yield return Of("completed without usage", Begun().Finish("stop").Done());
        yield return Of("completed without text", Script.Start().Finish("stop").Usage(12, 0).Done());
        yield return Of("completed with reasoning only", Script.Start().Reasoning("Hm").Finish("stop").Usage(12, 1, 1).Done());
        yield return Of("completed with a refusal", Script.Start().Refusal("I can't.").Finish("stop").Done());
        yield return Of("length", Begun().Finish("length").Usage(12, 7).Done());
        yield return Of("filtered in the answer", Begun().Finish("content_filter").Usage(12, 7).Done());
        yield return Of("filtered after stop", Begun().Finish("stop").FilterAnnotation(99, 1, 99, violation: true).Done());
        yield return Of("cut", Begun().Cut());
        yield return Of("malformed JSON", Begun().Malformed().Finish("stop").Done());
        yield return Of("error in the stream", Begun().ErrorEvent("server_error", "oops at host h").Done());
        yield return Of("rate limit in the stream", Begun().ErrorEvent("429", "slow down").Done());
        yield return Of("context too long in the stream", Begun().ErrorEvent("context_length_exceeded", "too long").Done());
        yield return Of("no finish reason", Begun().Done());
        yield return Of("an event of 2 MB", Begun().Giant(2 << 20).Finish("stop").Done());
        yield return Of("unknown finish reason", Begun().Finish("sunset").Done());
        yield return Of("tool calls that were not offered", Begun().ToolCall(0, "{}", "call_1", "f").Finish("tool_calls").Done());
    }

    [Test]
    public async Task Stopped_as_json()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        var json = OpenAsync("POST /chat/stream\nAccept: application/json\nIdempotency-Key: one\n\n{\"message\":\"Hi\"}");
        await AskedAsync();
        var stream = await OpenAsync("POST /chat/stream\nIdempotency-Key: one\n\n{\"message\":\"Hi\"}");
        await stream.ReadUntilAsync("so far", Token);
        Learn(stream);
        await SendAsync("POST /chat/stream/{G1}/stop");
        await EndAsync(stream);
        await EndAsync(await json);
    }

    [Test]
    public async Task Interrupted_by_a_stop_of_the_server()
    {
        var stream = await StartStalledAsync();
        await RestartAsync();
        await EndAsync(stream);
        await SendAsync("GET /chat/stream/{G1}");
        await SendAsync("GET /chat/stream/{G1}\nAccept: application/json");
        await SendAsync("GET /chat/{C1}");
    }

    [Test]
    public async Task Interrupted_as_json()
    {
        Answers("Hi", Script.Silent().Stall());
        var json = OpenAsync("POST /chat/stream\nAccept: application/json\n\n{\"message\":\"Hi\"}");
        await AskedAsync();
        await RestartAsync();
        // The response begins while the server stops, and the server may have begun to close connections or not.
        (await json).Head.Remove("Connection: close");
        await EndAsync(await json);
        await SendAsync("GET /chat/stream/{G1}\nAccept: application/json");
    }

    [TestCase("rate_limited")]
    [TestCase("filtered")]
    [TestCase("length")]
    [TestCase("stopped")]
    public async Task Page(string end)
    {
        if (end == "stopped")
        {
            using var stream = await StartStalledAsync();
            await SendAsync("POST /chat/stream/{G1}/stop");
        }
        else
        {
            Answers("Hi", end switch
            {
                "rate_limited" => AzureErrors.RateLimited(TimeSpan.FromSeconds(30)),
                "filtered" => AzureErrors.PromptFiltered(),
                _ => Script.Start().Reasoning("Hm").Text("as far").Finish("length").Usage(3, 1234).Done(),
            });
            await TalkAsync();
        }
        await SendAsync("GET /chat/{C1}");
        await SendAsync("GET /conversations/{C1}");
    }
}
