using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.BadDay;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>
/// The network between an instance and PostgreSQL is cut: at the first one connections are refused, and at the second one nothing
/// arrives. The third one goes on.
/// </summary>
internal sealed class CutFromDatabaseTests
{
    private const string Interrupted = """{"reason":"interrupted"}""";

    private PostgresProxy[] _ways = null!;
    private InstanceGroup _group = null!;
    private string _socket = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _group = await InstanceGroup.StartAsync(0, CancellationToken.None);
        var place = new NpgsqlConnectionStringBuilder(_group.Database.Place);
        _socket = Path.Combine(place.Host!, ".s.PGSQL.5432");
        _ways = [PostgresProxy.Start(_socket), PostgresProxy.Start(_socket)];
        foreach (var way in _ways)
        {
            (place.Host, place.Port) = ("127.0.0.1", way.Port);
            await _group.AddAsync(1, settings: ("ConnectionStrings:Postgres", place.ToString()));
        }
        await _group.AddAsync(1);
        await Task.WhenAll(_group.Processes.Select(process => process.LineAsync(" 3 instances are alive.")));
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _group.DisposeAsync();
        foreach (var way in _ways)
            await way.DisposeAsync();
    }

    [Test]
    [SoakOnly] // It takes a minute: each command that nothing answers takes its seconds.
    [CancelAfter(180_000)]
    public async Task What_it_runs_is_interrupted_once_and_the_others_go_on(CancellationToken timeout)
    {
        using var user = await _group.NewUserAsync(2);
        ChatClient[] cut = [_group.At(0, user), _group.At(1, user)];
        var gate = new Gate();
        _group.Emulator.On(request => request.LastUserMessage switch
        {
            "Cut" => Script.Start().Text("so far").Stall(),
            "On" => Script.Start().Text("so far").Wait(gate).Text(" and on").Finish("stop").Done(),
            _ => null,
        });
        var lost = await Task.WhenAll(cut.Select(there => there.StartAsync("Cut", timeout)));
        await using var going = await user.StartAsync("On", timeout);
        foreach (var stream in lost.Append(going))
            await stream.UntilTextAsync("so far");
        var database = _group.Database.ForProcess();
        await using var _ = (IAsyncDisposable)database;
        await KeptAsync(database, lost, timeout);
        var elsewhere = await Task.WhenAll(
            lost.Select(stream => user.AttachAsync(stream.GenerationId, cancellationToken: timeout)));

        _ways[0].LeadTo($"{_socket}-cut");
        _ways[0].LoseConnections();
        _ways[1].Hold();
        await Task.WhenAll(lost.Select(stream => stream.ToEndAsync())).WaitAsync(timeout);
        var told = await Task.WhenAll(elsewhere.Select(stream => EndAsync(user, stream, timeout)));

        Assert.That(lost.Select(stream => stream.Frames[^2].Data).Concat(told), Is.All.EqualTo(Interrupted));
        foreach (var there in cut)
        {
            Assert.That(await StatusAsync(there, "/health/ready", timeout), Is.EqualTo(503));
            using var start = await there.Http.SendAsync(ChatClient.Post(new { message = "Refused" }), timeout);
            Assert.That((int)start.StatusCode, Is.EqualTo(503));
        }
        Assert.That(await StatusAsync(user, "/health/ready", timeout), Is.EqualTo(200));
        var ended = await EndedAsync(database, lost, timeout);
        Assert.That(ended.Select(row => row.FinishReason), Is.All.EqualTo(FinishReason.Interrupted));
        Assert.That(ended.Select(row => row.Text), Is.All.EqualTo("so far"));
        gate.Open();
        await going.ToEndAsync().WaitAsync(timeout);
        Assert.That(going.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));

        _ways[0].LeadTo(_socket);
        _ways[1].Pass();
        foreach (var there in cut)
        {
            while (await StatusAsync(there, "/health/ready", timeout) != 200)
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, timeout);
            Assert.That((await there.AskAsync("Back")).GetProperty("text").GetString(), Is.EqualTo("Back"));
        }
        Assert.That(
            await EndedAsync(database, lost, timeout), Is.EqualTo(ended), "no end was stored a second time");
        Assert.That(_group.Emulator.Requests, Has.Count.EqualTo(5), "each asked for once");
        foreach (var stream in lost.Concat(elsewhere))
            await stream.DisposeAsync();
        foreach (var there in cut)
            there.Dispose();
    }

    // A reader whose connection ends comes back, until the answer has an end.
    private static async Task<string> EndAsync(ChatClient user, EventStream stream, CancellationToken timeout)
    {
        try
        {
            await stream.ToEndAsync();
        }
        catch (IOException)
        {
            while (!stream.Frames[^1].Event.Equals("stop", StringComparison.Ordinal))
            {
                try
                {
                    await using var again = await user.AttachAsync(stream.GenerationId, stream.Frames[^1].Id, timeout);
                    stream.Frames.AddRange((await again.ToEndAsync()).Frames);
                }
                catch (Exception refused) when (refused is IOException or InvalidOperationException)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, timeout);
                }
            }
        }
        return stream.Frames[^2].Data;
    }

    // What was streamed is in the database soon.
    private static async Task KeptAsync(IChatDatabase database, EventStream[] streams, CancellationToken timeout)
    {
        while (true)
        {
            await using var db = database.ReadAs(default);
            var pieces = string.Concat(await db.Checkpoints.Select(row => row.Pieces).ToListAsync(timeout));
            if (streams.All(stream => pieces.Contains(stream.GenerationId, StringComparison.Ordinal)))
                return;
            await Task.Yield();
        }
    }

    // Another instance ends them once their own counts as dead.
    private static async Task<(string Text, FinishReason? FinishReason, DateTimeOffset? EndedAt)[]> EndedAsync(
        IChatDatabase database, EventStream[] streams, CancellationToken timeout)
    {
        var ids = streams.Select(stream => stream.GenerationId).ToList();
        while (true)
        {
            await using var db = database.ReadAs(default);
            var rows = await db.Messages.IgnoreQueryFilters().Where(message => ids.Contains(message.Id))
                .OrderBy(message => message.Id).ToListAsync(timeout);
            if (rows.All(row => row.FinishReason is not null))
                return [.. rows.Select(row => (row.Text, row.FinishReason, row.EndedAt))];
            await Task.Yield();
        }
    }

    private static async Task<int> StatusAsync(ChatClient user, string path, CancellationToken timeout)
    {
        using var response = await user.Http.GetAsync(path, timeout);
        return (int)response.StatusCode;
    }
}
