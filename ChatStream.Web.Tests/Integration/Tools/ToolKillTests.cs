using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools;

/// <summary>
/// Forty kills, in the middle of calls and of questions, on both databases. What the tool server was really asked is compared
/// with what the app tells: no call is lost, made twice, or repeated in silence.
/// </summary>
[SoakOnly]
internal sealed class ToolKillTests
{
    private const int Kills = 10; // of each case

    private static readonly List<object> Report = [];

    [TestCase(DatabaseKind.Sqlite, "faulty_hang")]
    [TestCase(DatabaseKind.Sqlite, "faulty_write")]
    [TestCase(DatabaseKind.Postgres, "faulty_hang")]
    [TestCase(DatabaseKind.Postgres, "faulty_write")]
    [CancelAfter(600_000)]
    public async Task No_call_is_lost_doubled_or_silently_repeated(DatabaseKind kind, string tool, CancellationToken timeout)
    {
        var data = Directory.CreateTempSubdirectory("chatstream-kills-").FullName;
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: timeout);
        // Each call has the number of its round of this test, by which the server's own list knows it.
        emulator.On(request => request.HasToolResults
            ? Script.Start().Text($"It says {request.ToolResults[^1]}.").Finish("stop").Usage(20, 7).Done()
            : Script.Start().Text("Before.")
                .ToolCall(0, $$"""{"words":"{{request.LastUserMessage}}"}""", "call_0", tool)
                .Finish("tool_calls").Usage(10, 5).Done());
        await using var database = await TestDatabase.NewAsync(kind);
        var (calls, cookies) = (Path.Combine(data, "calls"), new CookieContainer());
        var (lost, doubled, repeated, unanswered) = (0, 0, 0, 0);
        var begun = Stopwatch.GetTimestamp();
        var app = await LiveAsync(database, data, calls, emulator);
        try
        {
            for (var i = 0; i < Kills; i++)
            {
                var words = i.ToString(CultureInfo.InvariantCulture);
                string id;
                using (var user = new ChatClient(app.Address, cookies))
                {
                    await using var stream = await user.StreamAsync(
                        ChatClient.Post(new { message = words, model = "chat" }), timeout);
                    await stream.UntilEventAsync("tool");
                    id = stream.GenerationId;
                    // The moment of the kill differs: right after the frame, or when the server has the call.
                    while (tool == "faulty_hang" && i % 2 == 0 && Made(calls, words) == 0)
                        await Task.Yield();
                    await app.KillAsync();
                }
                await app.DisposeAsync();
                var madeBefore = Made(calls, words);
                app = await LiveAsync(database, data, calls, emulator);
                using var again = new ChatClient(app.Address, cookies);
                if (tool == "faulty_write")
                    unanswered += await AllowAsync(again, id, timeout) ? 0 : 1;
                var call = await EndedAsync(again, id, timeout);
                var made = Made(calls, words);
                var state = call.GetProperty("state").GetString();
                var isTold = call.GetProperty("result").GetString()!.Contains("not known", StringComparison.Ordinal);
                doubled += made > 1 ? 1 : 0;
                lost += tool == "faulty_write" ? (state == "done" && made == 1 ? 0 : 1) : state == "failed" && isTold ? 0 : 1;
                repeated += tool == "faulty_hang" && made > madeBefore ? 1 : 0;
            }
        }
        finally
        {
            await app.DisposeAsync();
            Directory.Delete(data, recursive: true);
        }

        Report.Add(new
        {
            database = kind.ToString(),
            killed = tool == "faulty_write" ? "while a question was open" : "while a call ran",
            kills = Kills,
            lost,
            doubled,
            repeated,
            unanswered,
            seconds = Math.Round(Stopwatch.GetElapsedTime(begun).TotalSeconds, 1),
        });
        Soak.Report("tool-kills", Report);
        Assert.That((lost, doubled, repeated, unanswered), Is.EqualTo((0, 0, 0, 0)));
    }

    private static int Made(string calls, string words) => !File.Exists(calls) ? 0
        : File.ReadAllLines(calls).Count(line => line.EndsWith($$"""{"words":"{{words}}"}""", StringComparison.Ordinal));

    private static async Task<bool> AllowAsync(ChatClient user, string id, CancellationToken timeout)
    {
        var call = (await user.FindAsync(id)).GetProperty("tools")[0];
        using var decided = await user.Http.PostAsync(
            $"/chat/stream/{id}/tools/{call.GetProperty("callId").GetString()}",
            new StringContent("""{"decision":"allow"}""", null, "application/json"), timeout);
        return decided.StatusCode == HttpStatusCode.NoContent;
    }

    private static async Task<JsonElement> EndedAsync(ChatClient user, string id, CancellationToken timeout)
    {
        while (true)
        {
            timeout.ThrowIfCancellationRequested();
            var answer = await user.FindAsync(id);
            if (answer.GetProperty("state").GetString() == "ended")
                return answer.GetProperty("tools")[0];
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, timeout);
        }
    }

    private static async Task<AppProcess> LiveAsync(TestDatabase database, string data, string calls, EmulatorServer emulator)
    {
        var app = await AppProcess.StartAsync(
            AppProcess.Built,
            database.Kind == DatabaseKind.Sqlite ? database.Place : data,
            [
                ("ConnectionStrings:Postgres", database.Kind == DatabaseKind.Postgres ? database.Place : ""),
                .. ToolTest.SettingsFor(emulator.Endpoint, calls),
            ]);
        await app.LineAsync("The tool server faulty is connected");
        return app;
    }
}
