using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.EventSource;

/// <summary>The tutorial's client as npm <c>eventsource</c> runs it, over connections that are lost.</summary>
internal sealed class NodeEventSourceTests
{
    private const int Cuts = 25;
    private const string Key = "a-key-of-32-characters-for-a-test";

    private static readonly IReadOnlyList<string> Tokens = AnswerBytes.Tokens;

    [TestCase(Caller.Browser)]
    [TestCase(Caller.Program)]
    [CancelAfter(120_000)]
    public async Task A_connection_lost_before_its_first_frame_resumes_the_same_generation(
        Caller caller, CancellationToken timeout)
    {
        await using var run = await Run.StartAsync(caller);
        var (whole, gate) = (await run.MeasureAsync(), new Gate());
        // Before the first byte, in each part of the headers, and up to the last byte of the first frame.
        int[] cuts = [0, 1, 20, whole.Headers - 3, whole.Headers, whole.Headers + 10, whole.FirstFrame - 1];
        var faults = cuts.Select((after, i) => new Fault(after, Reset: i % 2 == 1)).ToArray();
        run.Answer(_ => Script.Start().Wait(gate).Texts(Tokens).Finish("stop").Usage(5, 30).Done());

        await using var node = run.Begin(faults);
        await run.AllCutAsync(faults.Length, timeout);
        // An answer whose end was sent before the app learned of the loss counts as read.
        await run.AllUnreadAsync(timeout);
        gate.Open();
        await node.Exited.WaitAsync(timeout);

        run.AssertEachTokenOnce(node, faults.Length);
        Assert.That(run.Reconnects.Count(exchange => exchange.IsReconnect), Is.Zero, "no frame had arrived, so none was named");
    }

    [TestCase(Caller.Browser)]
    [TestCase(Caller.Program)]
    [CancelAfter(120_000)]
    public async Task A_connection_lost_in_mid_answer_goes_on_after_the_last_whole_frame(Caller caller, CancellationToken timeout)
    {
        await using var run = await Run.StartAsync(caller);
        var whole = await run.MeasureAsync();
        var faults = Enumerable.Range(0, Cuts).Select(i => Fault.Seeded(i, whole.AfterFirstFrame, whole.Least)).ToArray();
        // Some cuts hit a running answer, others an ended one.
        run.Answer(message => message.EndsWith('0')
            ? Script.Answer(Tokens)
            : Tokens.Aggregate(Script.Start(), (script, token) => script.Text(token).Delay(TimeSpan.FromMilliseconds(3)))
                .Finish("stop").Done());

        await using var node = run.Begin(faults);
        await run.AllCutAsync(faults.Length, timeout);
        await node.Exited.WaitAsync(timeout);

        run.AssertEachTokenOnce(node, faults.Length);
        Assert.That(run.Reconnects.Count(exchange => exchange.IsReconnect), Is.EqualTo(Cuts), "each named its last frame");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task An_ended_answer_is_not_requested_again(CancellationToken timeout)
    {
        await using var run = await Run.StartAsync(Caller.Browser);
        run.Answer(_ => Script.Answer(Tokens));

        await using var node = run.Begin([Fault.None], closesOnStop: false);
        await node.Exited.WaitAsync(timeout);

        Assert.That(Run.Events(node).Select(e => e.Type).Where(type => type != "message"),
            Is.EqualTo(new[] { "stop", "reconnecting", "closed" }), node.Output);
        Assert.That(Run.Events(node)[^1].Status, Is.EqualTo(204));
        Assert.That(run.Emulator.Requests, Has.Count.EqualTo(1));
    }

    internal enum Caller
    {
        /// <summary>With the identity cookie of a browser.</summary>
        Browser,

        /// <summary>With a bearer key.</summary>
        Program,
    }

    internal sealed record SourceEvent(string Name, string Type, string? Text, int? Status);

    /// <summary>
    /// An app, a proxy that cuts connections, and one event source for each fault. The message selects the fault.
    /// </summary>
    private sealed class Run : IAsyncDisposable
    {
        private readonly ChatApp _app;
        private readonly string _header;
        private readonly string _value;
        private FaultProxy? _proxy;
        private int _measured;

        private Run(EmulatorServer emulator, ChatApp app, string header, string value) =>
            (Emulator, _app, _header, _value) = (emulator, app, header, value);

        public EmulatorServer Emulator { get; }

        public IEnumerable<Exchange> Reconnects =>
            _proxy!.Exchanges.GroupBy(exchange => exchange.RequestLine).SelectMany(each => each.Skip(1));

        public static async Task<Run> StartAsync(Caller caller)
        {
            var emulator = await EmulatorServer.StartAsync();
            var app = await ChatApp.StartAsync(emulator, setup =>
            {
                setup.Settings["Api:Keys:0:Name"] = "tests";
                setup.Settings["Api:Keys:0:Key"] = Key;
            });
            return caller == Caller.Program
                ? new Run(emulator, app, "Authorization", $"Bearer {Key}")
                : new Run(emulator, app, "Cookie", await AnswerBytes.CookieAsync(app));
        }

        public void Answer(Func<string, Script> script) => Emulator.On(request => script(request.LastUserMessage));

        public Task<AnswerBytes> MeasureAsync() => AnswerBytes.MeasureAsync(_app, Emulator, _header, _value);

        public RealProcess Begin(Fault[] faults, bool closesOnStop = true)
        {
            _measured = Emulator.Requests.Count;
            var left = faults.Select((fault, i) => (Message: AnswerBytes.Message(i), Fault: fault))
                .ToDictionary(each => each.Message, each => each.Fault);
            // The first connection of each is the one that is lost.
            _proxy = FaultProxy.Start(_app.Address, exchange =>
            {
                lock (left)
                    return left.Remove(MessageOf(exchange), out var fault) ? fault : Fault.None;
            });
            return NodeScript.Start("Integration/EventSource/tutorial.mjs", new
            {
                sources = faults.Select((_, i) => AnswerBytes.Message(i)).Select(message => new
                {
                    name = message,
                    url = $"{_proxy.Address}chat/stream?message={Uri.EscapeDataString(message)}",
                    headers = new Dictionary<string, string> { [_header] = _value },
                    closesOnStop,
                }),
            });
        }

        public async Task AllCutAsync(int cuts, CancellationToken timeout)
        {
            for (var i = 0; i < cuts; i++)
            {
                var request = await Emulator.RequestAsync(_measured + i, timeout);
                await _proxy!.Exchanges.First(exchange => MessageOf(exchange) == request.LastUserMessage).Cut.WaitAsync(timeout);
            }
        }

        /// <summary>Completes once the app knows that no running answer has a reader.</summary>
        public Task AllUnreadAsync(CancellationToken timeout) =>
            Task.WhenAll(_app.Services.GetRequiredService<GenerationRegistry>().Running.Select(each => each.Frames.Unread))
                .WaitAsync(timeout);

        public void AssertEachTokenOnce(RealProcess node, int sources)
        {
            var events = Events(node).ToLookup(e => e.Name);
            for (var i = 0; i < sources; i++)
            {
                var own = events[AnswerBytes.Message(i)].ToList();
                Assert.That(
                    string.Concat(own.Where(e => e.Type == "message").Select(e => e.Text)), Is.EqualTo(string.Concat(Tokens)),
                    $"source {i}: {node.Output}");
                Assert.That(
                    own.Select(e => e.Type).Where(type => type != "message"), Is.EqualTo(new[] { "reconnecting", "stop" }),
                    $"source {i}");
            }
            Assert.That(Emulator.Requests.Skip(_measured).Select(request => request.LastUserMessage),
                Is.EquivalentTo(Enumerable.Range(0, sources).Select(AnswerBytes.Message)), "one upstream request for each");
        }

        public static IReadOnlyList<SourceEvent> Events(RealProcess node) =>
            [
                .. node.Output.Split('\n').Where(line => line.StartsWith('{'))
                .Select(line => JsonSerializer.Deserialize<SourceEvent>(line, JsonSerializerOptions.Web)!)];

        public async ValueTask DisposeAsync()
        {
            if (_proxy is not null)
                await _proxy.DisposeAsync();
            await _app.DisposeAsync();
            await Emulator.DisposeAsync();
        }

        private static string MessageOf(Exchange exchange) => Uri.UnescapeDataString(exchange.RequestLine.Split('=', ' ')[2]);
    }
}
