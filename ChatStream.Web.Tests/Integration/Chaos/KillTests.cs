using System.Diagnostics;
using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Providers;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Fairness;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>
/// The app process is killed in mid-answer, several times on the same data. Each new process must have all text that its
/// predecessor reported as committed. It starts answers of its own, beside another user's imports, and is killed at a moment
/// that the seed decides.
/// </summary>
internal sealed class KillTests
{
    private const int Seed = 3;

    private static readonly string[] Continued = [" And", " so", " on."];
    private static readonly byte[] Imported = BigConversation.Body("Beside", messages: 500, bytes: 1_000_000);

    private readonly List<double> _lags = [];
    private readonly List<double> _ages = [];
    private EmulatorServer _emulator = null!;
    private TestDatabase _database = null!;
    private string _data = null!;
    private CookieContainer _cookies = null!;
    private Dictionary<string, SeededAnswer> _answers = null!;
    private int _completed;
    private int _interrupted;
    private int _imports;

    [SetUp]
    public async Task StartAsync()
    {
        (_cookies, _answers, _completed, _interrupted, _imports) = (new CookieContainer(), [], 0, 0, 0);
        _lags.Clear();
        _ages.Clear();
        _data = Directory.CreateTempSubdirectory("chatstream-killed-").FullName;
        _emulator = await EmulatorServer.StartAsync();
        _emulator.On(request =>
            _answers.TryGetValue(request.LastUserMessage, out var answer) ? answer.Script : Script.Answer(Continued));
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _emulator.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [TestCase(DatabaseKind.Sqlite, 2, 40)]
    [TestCase(DatabaseKind.Postgres, 2, 40)]
    [CancelAfter(1_800_000)]
    public async Task Committed_text_survives_a_kill_and_is_marked_interrupted(
        DatabaseKind kind, int kills, int manyKills, CancellationToken timeout)
    {
        kills = Soak.IsOn ? manyKills : kills;
        await using var database = _database = await TestDatabase.NewAsync(kind, migrated: false);
        var watch = Stopwatch.StartNew();

        IReadOnlyList<Loss> losses = [];
        for (var life = 0; life <= kills; life++)
        {
            await using var app = await LiveAsync();
            using var user = new ChatClient(app.Address, _cookies);
            await user.IdentifyAsync();
            foreach (var loss in losses)
                await AssertKeptAsync(user, loss, timeout);
            if (life < kills)
                losses = await LoseAsync(app, user, life, timeout);
        }

        var lag = Lag.Summarize(_lags);
        Soak.Report($"kills-{kind.ToString().ToLowerInvariant()}", new
        {
            seed = Seed,
            kills,
            answers = _answers.Count,
            interrupted = _interrupted,
            completed = _completed,
            imports = _imports,
            milliseconds = new { streamedToCommitted = lag, lostAtMost = Math.Round(_ages.DefaultIfEmpty(0).Max(), 1) },
            seconds = Math.Round(watch.Elapsed.TotalSeconds, 1),
        });
        Assert.That(_interrupted, Is.GreaterThan(kills), "in mid-answer");
        // A bound on real time holds only on a machine that does nothing else.
        if (!Soak.IsOn)
            return;
        Assert.That(lag.P50, Is.LessThan(250), Lag.Bound);
        Assert.That(_ages.DefaultIfEmpty(0).Max(), Is.LessThanOrEqualTo(500), "lost by a kill");
        Assert.That(_imports, Is.Positive, "beside imports");
    }

    private Task<AppProcess> LiveAsync() => AppProcess.StartAsync(
        AppProcess.Built,
        _database.Kind == DatabaseKind.Sqlite ? _database.Place : _data,
        [
            ("ConnectionStrings:Postgres", _database.Kind == DatabaseKind.Postgres ? _database.Place : ""),
            ("AzureOpenAI:Endpoint", _emulator.Endpoint.ToString()),
            ("AzureOpenAI:Deployment", "gpt-4o"),
            ("AzureOpenAI:ApiKey", "emulator-key"),
            ("Conversations:ModelTitles", "false"),
            ("CHATSTREAM_LOG_LEVEL", "Debug"),
            .. RaisedLimits.Settings,
        ]);

    /// <summary>Starts answers and kills the process while they are running.</summary>
    private async Task<IReadOnlyList<Loss>> LoseAsync(AppProcess app, ChatClient user, int life, CancellationToken timeout)
    {
        var random = new Random((Seed * 1000) + life);
        // Two do not end, so that the kill finds some in the middle whenever it comes.
        var answers = Enumerable.Range(0, random.Next(4, 9))
            .Select(n => SeededAnswer.MakePaced(Seed, (life * 100) + n, ends: n > 1)).ToList();
        foreach (var answer in answers)
            _answers.Add(answer.Message, answer);
        var readers = answers.Select(answer => new TimedReader(answer.Message)).ToList();

        var importing = ImportUntilGoneAsync(app, timeout);
        var moment = KillMoment.Seeded(random, app, answers.Count);
        var reading = readers.Select(reader => reader.ReadAsync(user, moment.Saw, timeout)).ToList();
        await Task.WhenAll(readers.Select(reader => reader.Started)).WaitAsync(timeout);
        await moment.Come.WaitAsync(timeout);
        var killedAt = TimeProvider.System.GetUtcNow();
        await app.KillAsync().WaitAsync(timeout);
        await Task.WhenAll([importing, .. reading]).WaitAsync(timeout);

        if (_database.Kind == DatabaseKind.Sqlite)
            AssertIntact(_database.Place);
        var commits = Commit.ReadAll(app.Output);
        foreach (var reader in readers)
            _lags.AddRange(Lag.Of(reader, commits[reader.GenerationId]));
        return [
            .. readers.Select(reader =>
                new Loss(reader, commits[reader.GenerationId].LastOrDefault()?.Characters ?? 0, killedAt))];
    }

    /// <summary>Another user imports one conversation after the other.</summary>
    private async Task ImportUntilGoneAsync(AppProcess app, CancellationToken timeout)
    {
        using var other = new ChatClient(app.Address);
        try
        {
            while (await BigConversation.PostAsync(other, Imported, timeout) == HttpStatusCode.Created)
                _imports++;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The process is gone.
        }
    }

    private async Task AssertKeptAsync(ChatClient user, Loss loss, CancellationToken timeout)
    {
        var (reader, whole) = (loss.Reader, _answers[loss.Reader.Message].Text);
        var answer = await user.FindAsync(reader.GenerationId);
        var (text, reason) = (answer.GetProperty("text").GetString()!, answer.GetProperty("finishReason").GetString());
        Assert.That(answer.GetProperty("state").GetString(), Is.EqualTo("ended"));
        if (reader.Finish is not null || reason == "completed")
        {
            // The answer ended before the kill, whether or not its reader was told.
            Assert.That((reason, text), Is.EqualTo(("completed", whole)));
            _completed++;
            return;
        }

        Assert.That(reason, Is.EqualTo("interrupted"));
        Assert.That(answer.GetProperty("failure").GetProperty("code").GetString(), Is.EqualTo("interrupted"));
        Assert.That(text, Is.EqualTo(whole[..Math.Min(text.Length, whole.Length)]), "the beginning of what was sent");
        Assert.That(text, Has.Length.AtLeast(loss.Committed), "all that was said to be committed");
        _ages.AddRange(
            reader.Seen.Where(seen => seen.Characters > text.Length).Take(1)
            .Select(seen => (loss.KilledAt - seen.Time).TotalMilliseconds));
        _interrupted++;

        await AssertSnapshotAsync(user, await user.AttachAsync(reader.GenerationId, reader.LastId, timeout), reader, text);
        await AssertSnapshotAsync(user, await user.StreamAsync(reader.Start(), timeout), reader, text);
        if (text.Length > 0)
            await AssertContinuesAsync(user, reader, text, timeout);
        Assert.That(
            _emulator.Requests.Count(request => request.LastUserMessage == reader.Message), Is.AtMost(1),
            "never asked for again");
    }

    private static async Task AssertSnapshotAsync(ChatClient user, EventStream opened, TimedReader reader, string text)
    {
        await using var stream = opened;
        await stream.ToEndAsync();

        Assert.That(stream.Frames.Select(frame => (frame.Id, frame.Event)), Is.EqualTo(new[]
        {
            ($"{reader.GenerationId}.s0", "start"), ($"{reader.GenerationId}.s1", "snapshot"),
            ($"{reader.GenerationId}.s2", "finish"), ($"{reader.GenerationId}.s3", "stop"),
        }));
        Assert.That(stream.ConversationId, Is.EqualTo(reader.ConversationId));
        Assert.That(stream.Frames[1].Text, Is.EqualTo(text));
        Assert.That(stream.Frames[2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));

        var attach = new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{reader.GenerationId}")
        {
            Headers = { { "Accept", "text/event-stream" }, { "Last-Event-ID", stream.Frames[^1].Id } },
        };
        using var over = await user.Http.SendAsync(attach);
        Assert.That(over.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
    }

    private async Task AssertContinuesAsync(ChatClient user, TimedReader reader, string text, CancellationToken timeout)
    {
        var request = ChatClient.Post(new { conversationId = reader.ConversationId, parentId = reader.GenerationId });
        await using var stream = await user.StreamAsync(request, timeout);
        await stream.ToEndAsync();

        Assert.That(stream.Frames[0].Json.GetProperty("parentId").GetString(), Is.EqualTo(reader.GenerationId));
        Assert.That(stream.Text, Is.EqualTo(string.Concat(Continued)));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        var messages = _emulator.Requests[^1].Json.GetProperty("messages").EnumerateArray().Select(message =>
            (message.GetProperty("role").GetString(), message.GetProperty("content").GetString()));
        Assert.That(messages, Is.EqualTo(new[] { ("user", reader.Message), ("assistant", text), ("user", Continuation.Prompt) }));
    }

    // Checks a copy, because opening the file itself would repair it.
    private static void AssertIntact(string folder)
    {
        var copy = Directory.CreateTempSubdirectory("chatstream-copy-");
        foreach (
            var file in new[] { "chatstream.db", "chatstream.db-wal" }.Where(file => File.Exists(Path.Combine(folder, file))))
            File.Copy(Path.Combine(folder, file), Path.Combine(copy.FullName, file));
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(copy.FullName, "chatstream.db")};Pooling=false"))
        {
            connection.Open();
            using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA integrity_check";
            Assert.That(check.ExecuteScalar(), Is.EqualTo("ok"));
        }
        copy.Delete(recursive: true);
    }

    /// <param name="Reader">The reader, with all that it saw of the answer.</param>
    /// <param name="Committed">The number of characters that the process had reported as committed.</param>
    /// <param name="KilledAt">The time of the kill.</param>
    private sealed record Loss(TimedReader Reader, int Committed, DateTimeOffset KilledAt);
}
