using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools;

/// <summary>The process dies, or is stopped, while a call runs and while a question is open.</summary>
internal sealed class ToolRestartTests
{
    private const string Json = "application/json";

    private EmulatorServer _emulator = null!;
    private TestDatabase _database = null!;
    private string _data = null!;
    private string _calls = null!;
    private CookieContainer _cookies = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _cookies = new CookieContainer();
        _data = Directory.CreateTempSubdirectory("chatstream-tools-").FullName;
        _calls = Path.Combine(_data, "calls");
        _emulator = await EmulatorServer.StartAsync();
        _emulator.On(request => request.HasToolResults
            ? Script.Start().Text($"It says {request.ToolResults[^1]}.").Finish("stop").Usage(20, 7).Done()
            : !request.LastUserMessage.StartsWith("faulty_", StringComparison.Ordinal) ? null
            : Script.Start().Text("Before.").ToolCall(0, """{"words":"x"}""", "call_0", request.LastUserMessage)
                .ToolCall(1, """{"expression":"6*7"}""", "call_1", "calculator")
                .Finish("tool_calls").Usage(10, 5).Done());
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _emulator.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [TestCase(DatabaseKind.Sqlite, false, "chat")]
    [TestCase(DatabaseKind.Postgres, true, "responses")]
    [CancelAfter(120_000)]
    public async Task A_question_outlives_its_process_and_can_still_be_answered(
        DatabaseKind kind, bool isKilled, string model, CancellationToken timeout)
    {
        await using var database = _database = await TestDatabase.NewAsync(kind);
        var (id, callId, seen) = ("", "", new List<Frame>());
        await using (var app = await LiveAsync())
        {
            using var user = new ChatClient(app.Address, _cookies);
            await using var stream = await user.StreamAsync(
                ChatClient.Post(new { message = "faulty_write", model, systemPrompt = "Be brief." }), timeout);
            await stream.UntilAsync(frame => frame.Event == "tool" && StateOf(frame) == "done");
            (id, seen) = (stream.GenerationId, stream.Frames);
            callId = seen.First(frame => frame.Event == "tool" && StateOf(frame) == "asked").Json.GetProperty("callId")
                .GetString()!;
            if (isKilled)
            {
                await app.KillAsync();
            }
            else
            {
                app.Terminate();
                await stream.ToEndAsync();
                Assert.That(seen.Select(frame => frame.Event), Has.None.EqualTo("finish"));
                Assert.That(await app.Exited.WaitAsync(timeout), Is.Zero, app.Output);
            }
        }

        await using var next = await LiveAsync();
        using var again = new ChatClient(next.Address, _cookies);
        await using var rest = await again.AttachAsync(id, seen[^1].Id, timeout);
        await using var whole = await again.AttachAsync(id, cancellationToken: timeout);
        Assert.That(File.Exists(_calls), Is.False);
        using var decided = await again.Http.PostAsync($"/chat/stream/{id}/tools/{callId}",
            new StringContent("""{"decision":"allow"}""", null, "application/json"), timeout);
        Assert.That(decided.StatusCode, Is.EqualTo(HttpStatusCode.NoContent), await decided.Content.ReadAsStringAsync(timeout));
        await rest.ToEndAsync();
        await whole.ToEndAsync();

        Assert.That(rest.Frames.Select(frame => frame.Event), Is.EqualTo(new[]
        {
            "status", "tool", "tool", "status", "status", "status", "message", "usage", "finish", "stop",
        }).Or.EqualTo(new[] { "status", "tool", "tool", "status", "status", "message", "usage", "finish", "stop" }));
        Assert.That(whole.Frames.Take(seen.Count).Skip(1), Is.EqualTo(seen.Skip(1)), "the frames that were seen");
        Assert.That(whole.Frames.Skip(seen.Count), Is.EqualTo(rest.Frames));
        Assert.That(rest.Text, Is.EqualTo("\n\nIt says 42."));
        Assert.That(rest.Frames[^3].Data, Does.StartWith("""{"inputTokens":30,"outputTokens":12"""), "of both rounds");
        Assert.That(rest.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        Assert.That(await File.ReadAllLinesAsync(_calls, timeout), Is.EqualTo(new[] { """write {"words":"x"}""" }));
        Assert.That(_emulator.Requests, Has.Count.EqualTo(2));
        var sent = _emulator.Requests[1].Json.GetRawText();
        Assert.That(sent, Does.Contain("Be brief.").And.Contain("written: x").And.Contain("Before."));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task After_a_restart_the_model_still_gets_the_files_and_the_summary_of_the_conversation(
        CancellationToken timeout)
    {
        await using var database = _database = await TestDatabase.NewAsync(DatabaseKind.Sqlite);
        var (id, callId, seen) = ("", "", "");
        await using (var app = await LiveAsync())
        {
            using var user = new ChatClient(app.Address, _cookies);
            var file = await user.UploadedAsync("Tea: 3 euros");
            var (_, first) = await user.JsonAsync(ChatClient.Post(new { message = "Old words", model = "chat" }, Json));
            var conversationId = first.GetProperty("conversationId").GetString();
            using var kept = await user.Http.PutAsync(
                $"/conversations/{conversationId}/summaries/{first.GetProperty("messageId").GetString()}",
                new StringContent("""{"text":"They spoke of tea."}""", null, Json), timeout);
            kept.EnsureSuccessStatusCode();
            await user.JsonAsync(ChatClient.Post(
                new { message = "Look", model = "chat", conversationId, files = new[] { file } }, Json));
            await using var stream = await user.StreamAsync(
                ChatClient.Post(new { message = "faulty_write", model = "chat", conversationId }), timeout);
            await stream.UntilAsync(frame => frame.Event == "tool" && StateOf(frame) == "done");
            id = stream.GenerationId;
            callId = stream.Frames.First(frame => frame.Event == "tool" && StateOf(frame) == "asked").Json
                .GetProperty("callId").GetString()!;
            app.Terminate();
            await stream.ToEndAsync();
            seen = stream.Frames[^1].Id;
            Assert.That(await app.Exited.WaitAsync(timeout), Is.Zero, app.Output);
        }
        var before = _emulator.Requests[^1].Json.GetRawText();

        await using var next = await LiveAsync();
        using var again = new ChatClient(next.Address, _cookies);
        await using var rest = await again.AttachAsync(id, seen, timeout);
        using var decided = await again.Http.PostAsync($"/chat/stream/{id}/tools/{callId}",
            new StringContent("""{"decision":"allow"}""", null, Json), timeout);
        await rest.ToEndAsync();

        Assert.That(rest.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        foreach (var sent in new[] { before, _emulator.Requests[^1].Json.GetRawText() })
        {
            Assert.That(
                sent, Does.Contain("Tea: 3 euros").And.Contain("They spoke of tea.").And.Not.Contain("Old words"));
        }
    }

    [TestCase(DatabaseKind.Sqlite, true)]
    [TestCase(DatabaseKind.Postgres, false)]
    [CancelAfter(120_000)]
    public async Task A_call_that_a_crash_cut_off_is_told_as_unknown_and_never_made_again(
        DatabaseKind kind, bool isKilled, CancellationToken timeout)
    {
        await using var database = _database = await TestDatabase.NewAsync(kind);
        string id;
        await using (var app = await LiveAsync())
        {
            using var user = new ChatClient(app.Address, _cookies);
            await using var stream = await user.StreamAsync(
                ChatClient.Post(new { message = "faulty_hang", model = "chat" }), timeout);
            await stream.UntilAsync(frame => frame.Event == "tool" && StateOf(frame) == "done");
            while (!File.Exists(_calls))
                await Task.Yield();
            id = stream.GenerationId;
            if (isKilled)
            {
                await app.KillAsync();
            }
            else
            {
                app.Terminate();
                await stream.ToEndAsync();
                Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
                Assert.That(await app.Exited.WaitAsync(timeout), Is.Zero, app.Output);
            }
        }

        await using var next = await LiveAsync();
        using var again = new ChatClient(next.Address, _cookies);
        var stored = await again.FindAsync(id);
        Assert.That(stored.GetProperty("finishReason").GetString(), Is.EqualTo("interrupted"));
        Assert.That(stored.GetProperty("text").GetString(), Is.EqualTo("Before."));
        var calls = stored.GetProperty("tools").EnumerateArray().ToList();
        Assert.That(calls.Select(call => call.GetProperty("state").GetString()), Is.EqualTo(new[] { "failed", "done" }));
        Assert.That(calls[0].GetProperty("result").GetString(), Does.EndWith("It is not known whether the call was made."));
        var made = await File.ReadAllLinesAsync(_calls, timeout);
        Assert.That(made.Count(line => line.StartsWith("hang ", StringComparison.Ordinal)), Is.EqualTo(1));

        // To continue it, the model is told of both calls.
        await using var more = await (await again.StreamAsync(
            ChatClient.Post(new { parentId = id, model = "chat" }), timeout)).ToEndAsync();
        var sent = _emulator.Requests[^1].Json.GetRawText();
        Assert.That(sent, Does.Contain("It is not known whether the call was made.").And.Contain("\"42\""));
    }

    private static string StateOf(Frame frame) => frame.Json.GetProperty("state").GetString()!;

    private async Task<AppProcess> LiveAsync()
    {
        var app = await AppProcess.StartAsync(
            AppProcess.Built,
            _database.Kind == DatabaseKind.Sqlite ? _database.Place : _data,
            [
                ("ConnectionStrings:Postgres", _database.Kind == DatabaseKind.Postgres ? _database.Place : ""),
                ("Generation:DrainFor", "00:00:00"),
                .. ToolTest.SettingsFor(_emulator.Endpoint, _calls),
            ]);
        await app.LineAsync("The tool server faulty is connected");
        return app;
    }
}
