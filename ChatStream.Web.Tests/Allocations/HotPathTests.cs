using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Allocations;

/// <summary>
/// Limits what a streamed token and a whole answer allocate, from the model's socket to the reader's, with SDK, database and web
/// server. Unlike times, allocations are the same on a busy machine. Other work in this process only adds to them, so the
/// smallest of several rounds counts.
/// </summary>
[NonParallelizable]
[CancelAfter(120_000)]
internal sealed class HotPathTests
{
    private const int Rounds = 5;

    private LockstepModel _model = null!;
    private TestDatabase _place = null!;
    private ChatApp _app = null!;
    private LockstepReader _reader = null!;

    private async Task StartAsync(DatabaseKind kind = DatabaseKind.Sqlite)
    {
        _model = new LockstepModel();
        _place = await TestDatabase.NewAsync(kind);
        _app = await ChatApp.StartAsync(setup =>
        {
            setup.Settings["AzureOpenAI:Endpoint"] = _model.Address.ToString();
            setup.Settings["AzureOpenAI:Deployment"] = "gpt-4o";
            setup.Settings["AzureOpenAI:ApiKey"] = "key";
            setup.Settings["Api:Keys:0:Name"] = "lockstep";
            setup.Settings["Api:Keys:0:Key"] = LockstepReader.Key;
            _place.Use(setup);
        });
        _reader = new LockstepReader(_app.Address);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _reader.Dispose();
        _model.Dispose();
        await _app.DisposeAsync();
        await _place.DisposeAsync();
    }

    [Test]
    public async Task A_token_allocates_at_most_700_bytes()
    {
        const int Tokens = 1_000;
        await StartAsync();
        _reader.Start();
        _model.Answer();
        Stream(Tokens); // so that the code is compiled and the pools are filled

        var bytes = LeastOf(() => Stream(Tokens)) / Tokens;

        TestContext.Out.WriteLine($"{bytes} bytes a token");
        Assert.That(bytes, Is.InRange(1, 700), "bytes per token");
    }

    [Test]
    public async Task An_answer_allocates_a_bounded_amount()
    {
        const int Answers = 20;
        await StartAsync();
        Ask(5 * Answers); // so that the code is compiled for the last time: before that it allocates more

        var bytes = LeastOf(() => Ask(Answers)) / Answers;

        TestContext.Out.WriteLine($"{bytes / 1024} KiB an answer");
        Assert.That(
            bytes / 1024, Is.InRange(1, 76),
            "KiB per answer of one token to a first message, from the request until it is stored");
    }

    [Test]
    public async Task An_answer_makes_a_known_number_of_round_trips_to_the_database()
    {
        const int Answers = 10;
        await StartAsync(DatabaseKind.Postgres);
        Ask(1);
        using var commands = new CommandCounter();
        Ask(Answers);

        var kinds = commands.Kinds;
        TestContext.Out.WriteLine(string.Join('\n', kinds.Select(kind => $"{kind.Value} × {kind.Key}")));
        Assert.That(kinds.Values.Sum(), Is.EqualTo(Answers * 6),
            "start, its title and message in the index, end, the sums of what was used, its text in the index");
    }

    private void Stream(int tokens)
    {
        for (var i = 0; i < tokens; i++)
        {
            _model.SendToken();
            _reader.ReadUntil("{\"text\":\" word\"}\nid: "u8, then: "\n\n"u8);
        }
    }

    private void Ask(int answers)
    {
        for (var i = 0; i < answers; i++)
        {
            _reader.Start();
            _model.Answer();
            Stream(1);
            _model.Finish();
            _reader.ReadUntil("\r\n0\r\n\r\n"u8);
        }
    }

    private static long LeastOf(Action run)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            run();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        return least;
    }
}
