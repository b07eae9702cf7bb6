using System.Net.Http.Json;
using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

/// <summary>One emulator and one client for each test.</summary>
[CancelAfter(20_000)]
internal abstract class EmulatorTest
{
    protected const string Classic = "openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21";

    protected EmulatorServer Emulator { get; private set; }

    protected HttpClient Client { get; private set; }

    protected ObservedTime Time { get; private set; }

    protected static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    [SetUp]
    public async Task StartAsync()
    {
        Time = new ObservedTime();
        Emulator = await EmulatorServer.StartAsync(Options(Time), Token);
        Client = new HttpClient { BaseAddress = Emulator.Endpoint };
    }

    [TearDown]
    public async Task StopAsync()
    {
        Client.Dispose();
        await Emulator.DisposeAsync();
    }

    protected virtual EmulatorOptions Options(TimeProvider time) => new() { TimeProvider = time };

    protected static object Asking(string message, bool stream = true, bool usage = false) => new
    {
        model = "gpt-4o",
        messages = new object[] { new { role = "system", content = "Be brief." }, new { role = "user", content = message } },
        stream,
        stream_options = usage ? new { include_usage = true } : null,
    };

    protected Task<HttpResponseMessage> PostAsync(object body, string path = Classic)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    protected async Task<string> BodyOfAsync(Script script, bool stream = true, bool usage = false)
    {
        Emulator.Enqueue(script);
        using var response = await PostAsync(Asking("Hello", stream, usage));
        return await response.Content.ReadAsStringAsync(Token);
    }

    protected async Task<RequestEnd> EndOfAsync(int index)
    {
        var request = await Emulator.RequestAsync(index, Token);
        return await request.Ended.WaitAsync(Token);
    }

    protected Task<RawClient> RawAsync(bool stream = true) =>
        RawClient.PostAsync(Emulator.Endpoint, Classic, Asking("Hello", stream), Token);
}
