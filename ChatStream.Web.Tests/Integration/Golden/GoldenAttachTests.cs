using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>Attaching to an answer and stopping it.</summary>
internal sealed class GoldenAttachTests : GoldenTest
{
    [Test]
    public async Task While_it_runs()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Reasoning("Hm").Text("so far").Wait(gate).Text(" and on").Finish("stop").Usage(3, 4).Done());
        var first = await OpenAsync("POST /chat/stream\n\n{\"message\":\"Hi\"}");
        await first.ReadUntilAsync("so far", Token);
        Learn(first);

        await SendAsync("GET /chat/stream/{G1}\nAccept: application/json");
        await SendAsync("POST /chat/stream\nAccept: application/json\nLast-Event-ID: {G1}.2\n\n{\"message\":\"Hi\"}");
        var whole = await OpenAsync("GET /chat/stream/{G1}");
        var rest = await OpenAsync("GET /chat/stream/{G1}\nLast-Event-ID: {G1}.3");
        var byQuery = await OpenAsync("GET /chat/stream/{G1}?lastEventId={G1}.5");
        var again = await OpenAsync("GET /chat/stream?message=Hi\nLast-Event-ID: {G1}.1");
        gate.Open();
        foreach (var stream in new[] { first, whole, rest, byQuery, again })
            await EndAsync(stream);
    }

    [Test]
    public async Task Once_it_has_ended()
    {
        Answers("Hi", Script.Start().Reasoning("Hm").Text("Hello").Finish("stop").Usage(3, 4).Done());
        var first = await SendAsync("POST /chat/stream\n\n{\"message\":\"Hi\"}");
        var last = first.Body.Split("\n").Last(line => line.StartsWith("id: ", StringComparison.Ordinal)).Split('.')[1];

        await SendAsync("GET /chat/stream/{G1}");
        await SendAsync("GET /chat/stream/{G1}\nAccept: application/json");
        await SendAsync("GET /chat/stream/{G1}\nLast-Event-ID: {G1}.3");
        await SendAsync($"GET /chat/stream/{{G1}}\nLast-Event-ID: {{G1}}.{last}");
        await SendAsync($"GET /chat/stream?message=Hi\nLast-Event-ID: {{G1}}.{last}");
        await SendAsync($"POST /chat/stream\nLast-Event-ID: {{G1}}.{last}\n\n{{\"message\":\"Hi\"}}");
        await SendAsync("POST /chat/stream/{G1}/stop");
    }

    [Test]
    public async Task Once_it_is_only_stored()
    {
        Answers("Hi", Script.Start().Reasoning("Hm").Text("Hello").Finish("stop").Usage(3, 4).Done());
        var first = await SendAsync("POST /chat/stream\n\n{\"message\":\"Hi\"}");
        var last = first.Body.Split("\n").Last(line => line.StartsWith("id: ", StringComparison.Ordinal)).Split('.')[1];
        await RestartAsync();

        await SendAsync("GET /chat/stream/{G1}");
        await SendAsync("GET /chat/stream/{G1}\nAccept: application/json");
        foreach (var frame in new[] { "0", last, "99", "s0", "s1", "s2", "s3", "s4" })
            await SendAsync($"GET /chat/stream/{{G1}}\nLast-Event-ID: {{G1}}.{frame}");
        await SendAsync("POST /chat/stream/{G1}/stop");
    }

    [Test]
    public async Task Stop()
    {
        var stream = await StartStalledAsync();
        await SendAsync("POST /chat/stream/{G1}/stop");
        await SendAsync("POST /chat/stream/{G1}/stop");
        await EndAsync(stream);
    }
}
