using System.Diagnostics;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>What a reader costs whose answer runs in another instance, beside one whose answer runs where it reads.</summary>
[SoakOnly]
[NonParallelizable] // It needs the whole machine.
internal sealed class ForwardingCostTests
{
    private const int Streams = 100;
    private const int Tokens = 400;

    private static readonly Script Answer = Enumerable.Range(0, Tokens)
        .Aggregate(Script.Start(), (script, n) => script.Text($" w{n}").Delay(TimeSpan.FromMilliseconds(50)))
        .Finish("stop").Usage(5, Tokens).Done();

    [Test]
    [CancelAfter(600_000)]
    public async Task A_forwarded_reader_beside_a_local_one(CancellationToken timeout)
    {
        await using var group = await InstanceGroup.StartAsync(2, timeout);
        group.Emulator.On(_ => Answer);
        using var user = await group.NewUserAsync(0);
        using var there = group.At(1, user);
        await MeasureAsync(group, user, user, timeout); // a warm process

        var local = await MeasureAsync(group, user, user, timeout);
        var forwarded = await MeasureAsync(group, user, there, timeout);
        var late = await LatenessAsync(user, there, timeout);

        Soak.Report("instances-forwarding", new
        {
            streams = Streams,
            tokensOfEach = Tokens,
            microsecondsOfProcessorPerToken = new { local = Math.Round(local, 1), forwarded = Math.Round(forwarded, 1) },
            ratio = Math.Round(forwarded / local, 2),
            addedMilliseconds = new { p50 = late[late.Count / 2], p99 = late[(int)(late.Count * 0.99)] },
        });
    }

    // Processor time of both instances for each token, with the answers started at the first and read at the other.
    private static async Task<double> MeasureAsync(
        InstanceGroup group, ChatClient starter, ChatClient reader, CancellationToken timeout)
    {
        var before = group.Processes.Aggregate(TimeSpan.Zero, (sum, process) => sum + process.ProcessorTime);
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(async n =>
        {
            var request = ChatClient.Post(new { message = $"Answer {n}" }, "application/json");
            request.Headers.Add("Prefer", "respond-async");
            var (_, started) = await starter.JsonAsync(request);
            var path = $"/chat/stream/{started.GetProperty("generationId").GetString()}";
            using var attach = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/event-stream" } } };
            using var response = await reader.Http.SendAsync(attach, HttpCompletionOption.ResponseHeadersRead, timeout);
            await response.Content.CopyToAsync(Stream.Null, timeout);
        }));
        var used = group.Processes.Aggregate(TimeSpan.Zero, (sum, process) => sum + process.ProcessorTime) - before;
        return used.TotalMicroseconds / (Streams * Tokens);
    }

    // How much later each frame of one answer comes to a forwarded reader than to a local one, in milliseconds.
    private static async Task<List<double>> LatenessAsync(ChatClient user, ChatClient there, CancellationToken timeout)
    {
        var late = new List<double>();
        for (var n = 0; n < 5; n++)
        {
            await using var here = await user.StartAsync($"Late {n}", timeout);
            await here.NextAsync();
            await using var other = await there.AttachAsync(here.GenerationId, cancellationToken: timeout);
            var times = await Task.WhenAll(TimesAsync(here), TimesAsync(other));
            late.AddRange(times[0].Where(frame => times[1].ContainsKey(frame.Key))
                .Select(frame => Math.Round(Stopwatch.GetElapsedTime(frame.Value, times[1][frame.Key]).TotalMilliseconds, 2)));
        }
        late.Sort();
        return late;
    }

    private static async Task<Dictionary<string, long>> TimesAsync(EventStream stream)
    {
        var times = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await stream.NextAsync() is { } frame)
        {
            if (frame.Event == "message")
                times[frame.Number] = Stopwatch.GetTimestamp();
        }
        return times;
    }
}
