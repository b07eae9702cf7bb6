using System.Globalization;
using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>
/// The app process is killed while it shows text only after its commit. Each reader then goes on exactly after the last frame
/// that it saw: no character that it saw is missing, and it gets no snapshot.
/// </summary>
internal sealed class SeenTextTests
{
    private const int Seed = 5;

    private readonly Dictionary<string, SeededAnswer> _answers = [];
    private EmulatorServer _emulator = null!;
    private TestDatabase _database = null!;
    private string _data = null!;
    private CookieContainer _cookies = null!;
    private int _interrupted;
    private int _missing;

    [SetUp]
    public async Task StartAsync()
    {
        _answers.Clear();
        (_cookies, _interrupted, _missing) = (new CookieContainer(), 0, 0);
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

    [TestCase(DatabaseKind.Sqlite, 1, 20)]
    [TestCase(DatabaseKind.Postgres, 1, 20)]
    [CancelAfter(1_800_000)]
    public async Task No_character_that_a_reader_saw_is_lost_by_a_kill(
        DatabaseKind kind, int kills, int manyKills, CancellationToken timeout)
    {
        kills = Soak.IsOn ? manyKills : kills;
        await using var database = _database = await TestDatabase.NewAsync(kind, migrated: false);

        List<(TimedReader Reader, List<Frame> Seen)> lost = [];
        for (var life = 0; life <= kills; life++)
        {
            await using var app = await LiveAsync();
            using var user = new ChatClient(app.Address, _cookies);
            await user.IdentifyAsync();
            foreach (var (reader, seen) in lost)
                await AssertGoesOnAsync(user, reader, seen, new Random(Seed + seen.Count), timeout);
            if (life < kills)
                lost = await LoseAsync(app, user, life, timeout);
        }

        Soak.Report($"seen-text-{kind.ToString().ToLowerInvariant()}", new
        {
            seed = Seed,
            kills,
            answers = _answers.Count,
            interrupted = _interrupted,
            missingCharacters = _missing,
        });
        Assert.That(_interrupted, Is.GreaterThan(kills), "in mid-answer");
        Assert.That(_missing, Is.Zero, "characters that a reader saw");
    }

    private Task<AppProcess> LiveAsync() => AppProcess.StartAsync(
        AppProcess.Built,
        _database.Kind == DatabaseKind.Sqlite ? _database.Place : _data,
        ("ConnectionStrings:Postgres", _database.Kind == DatabaseKind.Postgres ? _database.Place : ""),
        ("AzureOpenAI:Endpoint", _emulator.Endpoint.ToString()),
        ("AzureOpenAI:Deployment", "gpt-4o"),
        ("AzureOpenAI:ApiKey", "emulator-key"),
        ("Conversations:ModelTitles", "false"),
        ("Generation:Show", "AfterCommit"),
        ("Limits:RunningPerUser", "1000"),
        ("Limits:StartsPerMinute", "10000"),
        ("CHATSTREAM_LOG_LEVEL", "Debug"));

    /// <summary>Starts answers and kills the process while they are running.</summary>
    private async Task<List<(TimedReader, List<Frame>)>> LoseAsync(
        AppProcess app, ChatClient user, int life, CancellationToken timeout)
    {
        var random = new Random((Seed * 1000) + life);
        // Two do not end, so that the kill finds some in the middle whenever it comes.
        var answers = Enumerable.Range(0, random.Next(4, 9))
            .Select(n => SeededAnswer.MakePaced(Seed, (life * 100) + n, ends: n > 1)).ToList();
        foreach (var answer in answers)
            _answers.Add(answer.Message, answer);
        var readers = answers.Select(answer => (Reader: new TimedReader(answer.Message), Seen: new List<Frame>())).ToList();

        var moment = KillMoment.Seeded(random, app, answers.Count);
        var reading = readers.Select(each => each.Reader.ReadAsync(user, frame =>
        {
            each.Seen.Add(frame);
            moment.Saw(frame);
        }, timeout)).ToList();
        await Task.WhenAll(readers.Select(each => each.Reader.Started)).WaitAsync(timeout);
        await moment.Come.WaitAsync(timeout);
        await app.KillAsync().WaitAsync(timeout);
        await Task.WhenAll(reading).WaitAsync(timeout);
        return readers;
    }

    private async Task AssertGoesOnAsync(
        ChatClient user, TimedReader reader, List<Frame> seen, Random random, CancellationToken timeout)
    {
        var (id, whole) = (reader.GenerationId, _answers[reader.Message].Text);
        var answer = await user.FindAsync(id);
        var (text, reason) = (answer.GetProperty("text").GetString()!, answer.GetProperty("finishReason").GetString());
        var seenText = TextOf(seen);
        _missing += seenText.Length - seenText.Zip(text).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.That(whole, Does.StartWith(text), "what the model sent");
        if (reason == "interrupted")
            _interrupted++;
        if (seen[^1].Event == "stop")
            return;

        // After the last frame, and after an earlier one, as if the last ones had been lost on the way.
        foreach (var last in new[] { seen.Count - 1, random.Next(seen.Count) })
        {
            await using var stream = await user.AttachAsync(id, seen[last].Id, timeout);
            await stream.ToEndAsync();
            Assert.That(stream.Frames.Take(seen.Count - 1 - last), Is.EqualTo(seen.Skip(last + 1)), "the frames that it saw");
            Assert.That(stream.Frames.Select(frame => frame.Id), Is.EqualTo(Enumerable.Range(last + 1, stream.Frames.Count)
                .Select(n => string.Create(CultureInfo.InvariantCulture, $"{id}.{n}"))), "numbers without a gap");
            Assert.That(TextOf([.. seen.Take(last + 1), .. stream.Frames]), Is.EqualTo(text));
            Assert.That(stream.Frames[^2].Data, Is.EqualTo($$"""{"reason":"{{reason}}"}"""));
            Assert.That(stream.Frames[^1].Event, Is.EqualTo("stop"));
        }
        Assert.That(
            _emulator.Requests.Count(request => request.LastUserMessage == reader.Message), Is.AtMost(1), "never asked again");
    }

    private static string TextOf(IEnumerable<Frame> frames) =>
        string.Concat(frames.Where(frame => frame.Event == "message").Select(frame => frame.Text));
}
