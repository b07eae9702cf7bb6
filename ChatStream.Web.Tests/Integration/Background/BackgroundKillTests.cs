using System.Diagnostics;
using System.Globalization;
using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Chaos;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Background;

/// <summary>
/// The app process is killed in mid-answer, several times on the same data, while the service goes on. The next process goes on
/// with the answer: its readers get the rest after the last frame that they saw, and the whole text is what the service sent.
/// </summary>
internal sealed class BackgroundKillTests
{
    private const int Seed = 11;

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, SeededAnswer> _answers = [];
    private EmulatorServer _emulator = null!;
    private TestDatabase _database = null!;
    private string _data = null!;
    private CookieContainer _cookies = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _answers.Clear();
        _cookies = new CookieContainer();
        _data = Directory.CreateTempSubdirectory("chatstream-killed-").FullName;
        _emulator = await EmulatorServer.StartAsync();
        _emulator.On(request => _answers.GetValueOrDefault(request.LastUserMessage)?.Script);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _emulator.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [TestCase(DatabaseKind.Sqlite, 2, 20)]
    [TestCase(DatabaseKind.Postgres, 1, 20)]
    [CancelAfter(1_800_000)]
    public async Task The_answer_of_a_killed_process_is_completed_by_the_next(
        DatabaseKind kind, int kills, int manyKills, CancellationToken timeout)
    {
        kills = Soak.IsOn ? manyKills : kills;
        await using var database = _database = await TestDatabase.NewAsync(kind, migrated: false);
        var (firstFrames, seenBefore, keptBefore) = (new List<double>(), new List<int>(), new List<int>());

        (string Id, List<Frame> Seen, SeededAnswer Answer)? lost = null;
        for (var life = 0; life <= kills; life++)
        {
            await using var app = await LiveAsync();
            using var user = new ChatClient(app.Address, _cookies);
            await user.IdentifyAsync();
            if (lost is { } before)
            {
                var taken = await app.LineAsync($"The answer {before.Id} is taken over after character ");
                keptBefore.Add(int.Parse(
                    taken.Split("after character ")[1].Split(':')[0], CultureInfo.InvariantCulture));
                seenBefore.Add(TextOf(before.Seen).Length);
                firstFrames.Add(await AssertGoesOnAsync(user, before.Id, before.Seen, before.Answer, timeout));
            }
            if (life < kills)
                lost = await LoseAsync(app, user, life, timeout);
        }

        firstFrames.Sort();
        Soak.Report($"background-kills-{kind.ToString().ToLowerInvariant()}", new
        {
            seed = Seed,
            kills,
            completed = _answers.Count,
            upstreamCreations = _emulator.Requests.Count,
            upstreamResumptions = _emulator.Background.Sum(response => response.Resumed.Count),
            charactersSeenBeforeTheKill = new { min = seenBefore.Min(), max = seenBefore.Max() },
            charactersKept = new { min = keptBefore.Min(), max = keptBefore.Max() },
            millisecondsToTheFirstFrameAfterTheRestart = new
            {
                p50 = Math.Round(firstFrames[firstFrames.Count / 2]),
                max = Math.Round(firstFrames[^1]),
            },
        });
        Assert.That(_emulator.Requests, Has.Count.EqualTo(kills), "each asked for once");
        Assert.That(seenBefore, Is.All.Positive, "in mid-answer");
        if (Soak.IsOn)
            Assert.That(firstFrames[^1], Is.LessThan(Most.TotalMilliseconds));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task An_answer_that_the_service_has_forgotten_is_interrupted_with_its_kept_text(CancellationToken timeout)
    {
        await using var database = _database = await TestDatabase.NewAsync(DatabaseKind.Sqlite, migrated: false);
        _emulator.On(_ => Script.Start().Text("so far").Stall());
        string id;
        await using (var app = await LiveAsync())
        {
            using var user = new ChatClient(app.Address, _cookies);
            await using var stream = await user.StartAsync("Hi", timeout);
            await stream.UntilTextAsync("so far");
            id = stream.GenerationId;
            await app.KillAsync();
        }
        _emulator.Forget(_emulator.Background[0]);

        await using var next = await LiveAsync();
        using var again = new ChatClient(next.Address, _cookies);
        await using var rest = await (await again.AttachAsync(id, $"{id}.0", timeout)).ToEndAsync();

        Assert.That(rest.Text, Is.EqualTo("so far"));
        Assert.That(rest.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
        Assert.That(rest.Frames[^3].Json.GetProperty("code").GetString(), Is.EqualTo("interrupted"));
        var stored = await again.FindAsync(id);
        Assert.That(
            (stored.GetProperty("text").GetString(), stored.GetProperty("finishReason").GetString()),
            Is.EqualTo(("so far", "interrupted")));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task At_sigterm_an_answer_that_does_not_finish_is_interrupted_and_cancelled(CancellationToken timeout)
    {
        await using var database = _database = await TestDatabase.NewAsync(DatabaseKind.Sqlite, migrated: false);
        _emulator.On(_ => Script.Start().Text("so far").Stall());
        await using var app = await LiveAsync(("Generation:DrainFor", "00:00:00"));
        using var user = new ChatClient(app.Address, _cookies);
        await using var stream = await user.StartAsync("Hi", timeout);
        await stream.UntilTextAsync("so far");

        app.Terminate();
        await stream.ToEndAsync();

        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
        Assert.That(await app.Exited.WaitAsync(timeout), Is.Zero, app.Output);
        Assert.That(_emulator.Background[0].Cancelled.IsCompleted, Is.True);
    }

    private Task<AppProcess> LiveAsync(params (string Key, string Value)[] settings) => AppProcess.StartAsync(
        AppProcess.Built,
        _database.Kind == DatabaseKind.Sqlite ? _database.Place : _data,
        [
            ("ConnectionStrings:Postgres", _database.Kind == DatabaseKind.Postgres ? _database.Place : ""),
            ("AzureOpenAI:Endpoint", _emulator.Endpoint.ToString()),
            ("AzureOpenAI:ApiKey", "emulator-key"),
            ("Conversations:ModelTitles", "false"),
            .. BackgroundTest.Settings,
            .. settings,
        ]);

    /// <summary>Starts an answer and kills the process in the middle of it.</summary>
    private async Task<(string, List<Frame>, SeededAnswer)> LoseAsync(
        AppProcess app, ChatClient user, int life, CancellationToken timeout)
    {
        var random = new Random((Seed * 1000) + life);
        var held = new Gate();
        var answer = Make(life, random, held);
        _answers.Add(answer.Message, answer);
        var seen = new List<Frame>();
        var left = answer.Text.Length * random.Next(1, 25) / 60; // in characters
        await using var stream = await user.StartAsync(answer.Message, timeout);
        try
        {
            while (await stream.NextAsync() is { } frame)
            {
                seen.Add(frame);
                if (frame.Event != "message" || left <= 0 || (left -= frame.Text!.Length) > 0)
                    continue;
                await app.KillAsync().WaitAsync(timeout);
                held.Open();
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The process is gone.
        }
        Assert.That(seen.Select(frame => frame.Event), Does.Not.Contain("finish"), "in mid-answer");
        return (seen[0].Json.GetProperty("generationId").GetString()!, seen, answer);
    }

    // It takes some seconds, and ends after the kill.
    private static SeededAnswer Make(int number, Random random, Gate held)
    {
        var tokens = SeededTexts.Tokens(random, random.Next(500, 2_001));
        var (atOnce, pace) = (random.Next(4, 9), TimeSpan.FromMilliseconds(random.Next(10, 21)));
        var script = tokens.Chunk(atOnce).Aggregate(Script.Start(), (script, some) => script.Texts(some).Delay(pace));
        return new SeededAnswer(
            number, string.Concat(tokens), script.Wait(held).Finish("stop").Usage(12, tokens.Count).Done(), random);
    }

    /// <returns>Milliseconds until the first frame.</returns>
    private static async Task<double> AssertGoesOnAsync(
        ChatClient user, string id, List<Frame> seen, SeededAnswer answer, CancellationToken timeout)
    {
        var watch = Stopwatch.StartNew();
        await using var stream = await user.AttachAsync(id, seen[^1].Id, timeout);
        await stream.NextAsync();
        var first = watch.Elapsed.TotalMilliseconds;
        await stream.ToEndAsync();

        Assert.That(TextOf([.. seen, .. stream.Frames]), Is.EqualTo(answer.Text), answer.Message);
        Assert.That(stream.Frames.Select(frame => frame.Id), Is.EqualTo(Enumerable.Range(seen.Count, stream.Frames.Count)
            .Select(n => string.Create(CultureInfo.InvariantCulture, $"{id}.{n}"))), "numbers without a gap");
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""), answer.Message);
        var stored = await user.FindAsync(id);
        Assert.That(
            (stored.GetProperty("text").GetString(), stored.GetProperty("finishReason").GetString()),
            Is.EqualTo((answer.Text, "completed")));
        await using var whole = await (await user.AttachAsync(id, cancellationToken: timeout)).ToEndAsync();
        Assert.That(whole.Frames.Take(seen.Count).Skip(1), Is.EqualTo(seen.Skip(1)), "the frames that were seen");
        return first;
    }

    private static string TextOf(IEnumerable<Frame> frames) =>
        string.Concat(frames.Where(frame => frame.Event == "message").Select(frame => frame.Text));
}
