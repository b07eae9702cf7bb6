using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Tools;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Allocations;

/// <summary>
/// What a token costs more if the answer may call tools and calls none. Two apps run beside each other, one with tools and one
/// without, in turns, so that both have the same machine.
/// </summary>
[SoakOnly]
[NonParallelizable]
[CancelAfter(300_000)]
internal sealed class UnusedToolsTests
{
    private const int Tokens = 2_000;
    private const int Rounds = 15;

    [Test]
    public async Task Tools_that_are_not_called_change_the_cost_of_a_token_by_next_to_nothing()
    {
        await using var without = await Rig.StartAsync(hasTools: false);
        await using var with = await Rig.StartAsync(hasTools: true);
        foreach (var rig in new[] { without, with, without, with })
            rig.Measure(Tokens); // so that the code is compiled and the pools are filled
        var (costsWithout, costsWith) = (new List<Cost>(), new List<Cost>());
        for (var round = 0; round < Rounds; round++)
        {
            costsWithout.Add(without.Measure(Tokens));
            costsWith.Add(with.Measure(Tokens));
        }

        var (bytesWithout, bytesWith) = (costsWithout.Min(cost => cost.Bytes), costsWith.Min(cost => cost.Bytes));
        var ratios = costsWith.Zip(costsWithout, (one, other) => one.Processor / other.Processor).Order().ToList();
        Soak.Report("unused-tools", new
        {
            tokens = Tokens,
            rounds = Rounds,
            bytesPerTokenWithout = bytesWithout,
            bytesPerTokenWith = bytesWith,
            processorRatio = Math.Round(ratios[Rounds / 2], 3),
            processorRatioLow = Math.Round(ratios[Rounds / 4], 3),
            processorRatioHigh = Math.Round(ratios[Rounds * 3 / 4], 3),
        });
        Assert.That(bytesWith - bytesWithout, Is.LessThan(64), "bytes per token: a mark in the outline of the frames");
    }

    /// <summary>What a token cost.</summary>
    private readonly record struct Cost(long Bytes, TimeSpan Processor);

    private sealed class Rig : IAsyncDisposable
    {
        private readonly LockstepModel _model = new();
        private TestDatabase _place = null!;
        private ChatApp _app = null!;
        private LockstepReader _reader = null!;

        public static async Task<Rig> StartAsync(bool hasTools)
        {
            var rig = new Rig { _place = await TestDatabase.NewAsync(DatabaseKind.Sqlite) };
            var calls = Path.Combine(Path.GetTempPath(), $"chatstream-calls-{Guid.NewGuid():N}");
            rig._app = await ChatApp.StartAsync(setup =>
            {
                if (hasTools)
                {
                    foreach (var (key, value) in ToolTest.SettingsFor(rig._model.Address, calls))
                    {
                        if (key.StartsWith("Tools:", StringComparison.Ordinal))
                            setup.Settings[key] = value;
                    }
                }
                setup.Settings["AzureOpenAI:Tools"] = hasTools ? "true" : "false";
                setup.Settings["AzureOpenAI:Endpoint"] = rig._model.Address.ToString();
                setup.Settings["AzureOpenAI:Deployment"] = "gpt-4o";
                setup.Settings["AzureOpenAI:ApiKey"] = "key";
                setup.Settings["Api:Keys:0:Name"] = "lockstep";
                setup.Settings["Api:Keys:0:Key"] = LockstepReader.Key;
                rig._place.Use(setup);
            });
            if (hasTools)
                await ToolTest.ConnectedAsync(rig._app, ["faulty"]);
            rig._reader = new LockstepReader(rig._app.Address);
            rig._reader.Start();
            rig._model.Answer();
            return rig;
        }

        public Cost Measure(int tokens)
        {
            var (bytes, processor) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime);
            for (var i = 0; i < tokens; i++)
            {
                _model.SendToken();
                _reader.ReadUntil("{\"text\":\" word\"}\nid: "u8, then: "\n\n"u8);
            }
            return new Cost(
                (GC.GetTotalAllocatedBytes(precise: true) - bytes) / tokens, Environment.CpuUsage.TotalTime - processor);
        }

        public async ValueTask DisposeAsync()
        {
            _reader.Dispose();
            _model.Dispose();
            await _app.DisposeAsync();
            await _place.DisposeAsync();
        }
    }
}
