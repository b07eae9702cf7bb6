using System.Diagnostics;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Npgsql;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>
/// Starts and streams with one, two and three instances on the same processors, and what PostgreSQL writes for them.
/// </summary>
[SoakOnly]
[NonParallelizable] // It needs the whole machine.
internal sealed class InstanceScaleTests
{
    private const int Users = 12;
    private const int Streams = 300;
    private const int Tokens = 200;

    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Starting = TimeSpan.FromSeconds(20);

    private static readonly Script Paced = Enumerable.Range(0, Tokens)
        .Aggregate(Script.Start(), (script, n) => script.Text($" w{n}").Delay(TimeSpan.FromMilliseconds(50)))
        .Finish("stop").Usage(5, Tokens).Done();

    [Test]
    [CancelAfter(900_000)]
    public async Task Starts_and_streams_with_one_two_and_three(CancellationToken timeout)
    {
        var figures = new Dictionary<string, object>();
        for (var count = 1; count <= 3; count++)
        {
            await using var group = await InstanceGroup.StartAsync(count, timeout);
            group.Emulator.On(request =>
                request.LastUserMessage.StartsWith("Paced", StringComparison.Ordinal) ? Paced : Script.Answer("Hello"));
            // Each process compiles its code twice, the second time after some thousand calls.
            await StartsAsync(group, Warming * count, timeout);
            await StreamsAsync(group, timeout);

            var before = await WrittenAsync(group);
            var starts = await StartsAsync(group, Starting, timeout);
            var startsWrote = await WrittenAsync(group) - before;
            before = await WrittenAsync(group);
            var (perToken, behind) = await StreamsAsync(group, timeout);
            var streamsWrote = await WrittenAsync(group) - before;
            figures[$"{count}"] = new
            {
                startsPerSecond = Math.Round(starts / Starting.TotalSeconds),
                bytesOfLogPerStart = Math.Round(startsWrote.Bytes / starts),
                transactionsPerStart = Math.Round(startsWrote.Transactions / starts, 2),
                streams = Streams,
                microsecondsOfProcessorPerToken = Math.Round(perToken, 1),
                secondsBehindThePace = Math.Round(behind, 2),
                bytesOfLogPerToken = Math.Round(streamsWrote.Bytes / (Streams * Tokens), 1),
                transactionsOfStreams = streamsWrote.Transactions,
            };
        }
        Soak.Report("instances-scale", figures);
    }

    // Answers that are asked for one after the other by each user, for a while. Users land on the instances in turn.
    private static async Task<int> StartsAsync(InstanceGroup group, TimeSpan time, CancellationToken timeout)
    {
        var (watch, starts) = (Stopwatch.StartNew(), 0);
        await Parallel.ForAsync(0, Users, timeout, async (number, _) =>
        {
            using var user = await group.NewUserAsync(number % group.Processes.Count);
            while (watch.Elapsed < time)
            {
                Assert.That((await user.AskAsync("Hi")).GetProperty("text").GetString(), Is.EqualTo("Hello"));
                Interlocked.Increment(ref starts);
            }
        });
        return starts;
    }

    // Processor time of all instances for each token, and by how much the last stream was behind the model's pace.
    private static async Task<(double PerToken, double Behind)> StreamsAsync(InstanceGroup group, CancellationToken timeout)
    {
        var before = Used(group);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(async number =>
        {
            using var user = await group.NewUserAsync(number % group.Processes.Count);
            using var response = await user.Http.SendAsync(
                ChatClient.Post(new { message = $"Paced {number}" }), HttpCompletionOption.ResponseHeadersRead, timeout);
            await response.Content.CopyToAsync(Stream.Null, timeout);
        }));
        var behind = watch.Elapsed.TotalSeconds - (Tokens * 0.05);
        return ((Used(group) - before).TotalMicroseconds / (Streams * Tokens), behind);
    }

    // What the database has written to its log, and committed, since its beginning.
    private static async Task<Written> WrittenAsync(InstanceGroup group)
    {
        await using var connection = new NpgsqlConnection(group.Database.Place);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("""
            SELECT CAST(pg_current_wal_lsn() - '0/0' AS double precision), CAST(xact_commit AS double precision)
            FROM pg_stat_database WHERE datname = current_database()
            """, connection);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return new Written(row.GetDouble(0), row.GetDouble(1));
    }

    private static TimeSpan Used(InstanceGroup group) =>
        group.Processes.Aggregate(TimeSpan.Zero, (sum, process) => sum + process.ProcessorTime);

    private readonly record struct Written(double Bytes, double Transactions)
    {
        public static Written operator -(Written left, Written right) =>
            new(left.Bytes - right.Bytes, left.Transactions - right.Transactions);
    }
}
