using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Upstreams;

/// <summary>
/// The app behind it is another maker's server and not the emulator, which could have misunderstood Azure in the same way as the
/// app.
/// </summary>
[TestFixtureSource(typeof(ForeignUpstream), nameof(ForeignUpstream.All))]
[CancelAfter(60_000)]
internal sealed class ForeignUpstreamTests(ForeignUpstream upstream)
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatstream-upstream-").FullName;
    private IReadOnlyDictionary<string, IReadOnlyList<(string Key, string Value)>> _models;
    private RealProcess _process;
    private ChatApp _app;
    private ChatClient _user;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        var port = FreePort.Find();
        _process = await upstream.StartAsync(port, _folder).WaitAsync(TimeSpan.FromSeconds(30));
        _models = upstream.Models(new Uri($"http://127.0.0.1:{port}/"));
        _app = await ChatApp.StartAsync(setup =>
        {
            foreach (var (index, (name, settings)) in _models.Index())
            {
                setup.Settings[$"Models:{index}:Name"] = name;
                foreach (var (key, value) in settings)
                    setup.Settings[$"Models:{index}:Deployments:0:{key}"] = value;
            }
        });
        _user = _app.NewUser();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _user?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task An_answer_streams_and_is_complete()
    {
        foreach (var model in _models.Keys)
        {
            await using var stream = await AskAsync("say it", model);

            Assert.That(stream.Text, Is.EqualTo(ForeignUpstream.Text), model);
            Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""), model);
            Assert.That(stream.Frames[^1].Event, Is.EqualTo("stop"), model);
        }
    }

    [Test]
    public async Task The_json_of_an_answer_has_the_same_text()
    {
        foreach (var model in _models.Keys)
        {
            var (_, answer) = await _user.JsonAsync(ChatClient.Post(new { message = "say it", model }, "application/json"));

            Assert.That(answer.GetProperty("text").GetString(), Is.EqualTo(ForeignUpstream.Text), model);
            Assert.That(answer.GetProperty("finishReason").GetString(), Is.EqualTo("completed"), model);
        }
    }

    [Test]
    public async Task Each_fault_has_its_code()
    {
        foreach (var model in _models.Keys)
        {
            foreach (var fault in upstream.Faults)
            {
                await using var stream = await AskAsync(fault.Message, model);

                var failure = stream.Frames.SingleOrDefault(frame => frame.Event == "failure")?.Json;
                var what = $"{model}, {fault.Message}: {failure}";
                Assert.That(failure?.GetProperty("code").GetString(), Is.EqualTo(fault.Code), what);
                Assert.That(stream.Frames[^2].Json.GetProperty("reason").GetString(), Is.EqualTo(fault.Reason), what);
                var wait = failure!.Value.TryGetProperty("retryAfter", out var seconds) ? seconds.GetInt32() : (int?)null;
                Assert.That(wait, Is.EqualTo(fault.RetryAfter), what);
            }
        }
    }

    private async Task<EventStream> AskAsync(string message, string model) =>
        await (await _user.StreamAsync(ChatClient.Post(new { message, model }))).ToEndAsync();
}
