using System.Net;
using System.Text.Json;
using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

/// <summary>The emulator makes responses in the background, and keeps them.</summary>
internal sealed class EmulatorBackgroundTests : EmulatorTest
{
    private const string V1 = "openai/v1/responses";

    [Test]
    public async Task A_response_goes_on_without_a_reader_and_can_be_read_again_from_any_event()
    {
        var gate = new Gate();
        Emulator.Enqueue(Script.Start().Text("Hel").Wait(gate).Text("lo").Finish("stop").Done());
        using (var response = await PostAsync(Request()))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
            Assert.That(await reader.ReadLineAsync(Token), Is.EqualTo("event: response.created"));
        }

        gate.Open();
        var all = await EventsAsync("resp_00000000000000000000000000000?stream=true");
        var some = await EventsAsync("resp_00000000000000000000000000000?stream=true&starting_after=5");

        Assert.That(all.Select(json => json.GetProperty("type").GetString()), Is.EqualTo(new[]
        {
            "response.created", "response.queued", "response.in_progress", "response.output_item.added",
            "response.content_part.added", "response.output_text.delta", "response.output_text.delta",
            "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
        }));
        Assert.That(all.Select(Number), Is.EqualTo(Enumerable.Range(0, all.Count)));
        Assert.That(some.Select(Number), Is.EqualTo(Enumerable.Range(6, all.Count - 6)));
        var created = all[0].GetProperty("response");
        Assert.That(
            (created.GetProperty("status").GetString(), created.GetProperty("background").GetBoolean(),
                created.GetProperty("store").GetBoolean()),
            Is.EqualTo(("queued", true, true)));
        Assert.That(Emulator.Background.Single().Resumed, Is.EqualTo(new[] { -1L, 5L }));
    }

    [Test]
    public async Task A_response_has_its_state()
    {
        var gate = new Gate();
        Emulator.Enqueue(Script.Start().Text("Hel").Wait(gate).Finish("stop").Done());
        using var created = JsonDocument.Parse(await (await PostAsync(Request(stream: false))).Content.ReadAsStringAsync(Token));
        var id = created.RootElement.GetProperty("id").GetString();
        await gate.Reached;

        var running = await StatusAsync(await Client.GetAsync($"{V1}/{id}", Token));
        gate.Open();
        string? ended;
        do ended = await StatusAsync(await Client.GetAsync($"{V1}/{id}", Token));
        while (ended == "in_progress");

        Assert.That((running, ended), Is.EqualTo(("in_progress", "completed")));
        using var streamed = await Client.GetAsync($"{V1}/{id}?stream=true", Token);
        Assert.That(streamed.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest), "created without stream");
    }

    [Test]
    public async Task A_response_is_cancelled_once_and_its_readers_are_let_go()
    {
        Emulator.Enqueue(Script.Start().Text("Hel").Stall());
        using var response = await PostAsync(Request());
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        await reader.ReadLineAsync(Token);
        var made = Emulator.Background.Single();

        var states = new List<string?>
        {
            await StatusAsync(await Client.PostAsync($"{V1}/{made.Id}/cancel", null, Token)),
            await StatusAsync(await Client.PostAsync($"{V1}/{made.Id}/cancel", null, Token)),
            await StatusAsync(await Client.GetAsync($"{V1}/{made.Id}", Token)),
        };

        Assert.That(states, Is.All.EqualTo("cancelled"));
        Assert.That(await reader.ReadToEndAsync(Token), Does.Contain("Hel").And.Not.Contain("response.completed"));
        Assert.That(made.Cancelled.IsCompleted, Is.True);
    }

    [Test]
    public async Task A_response_that_has_ended_stays_as_it_is()
    {
        Emulator.Enqueue(Script.Answer("Hel"));
        using var response = await PostAsync(Request());
        await response.Content.ReadAsStringAsync(Token);
        var made = Emulator.Background.Single();

        var state = await StatusAsync(await Client.PostAsync($"{V1}/{made.Id}/cancel", null, Token));

        Assert.That((state, made.Cancelled.IsCompleted), Is.EqualTo(("completed", false)));
    }

    [TestCase("resp_unknown")]
    [TestCase("resp_unknown?stream=true&starting_after=3")]
    public async Task A_response_that_is_not_kept_is_not_found(string target)
    {
        using var response = await Client.GetAsync($"{V1}/{target}", Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await response.Content.ReadAsStringAsync(Token), Is.EqualTo(
            """{"error":{"message":"Response with id 'resp_unknown' not found.","type":"invalid_request_error","param":null,"""
            + "\"code\":null}}"));
        using var cancelled = await Client.PostAsync($"{V1}/resp_unknown/cancel", null, Token);
        Assert.That(cancelled.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Background_needs_store()
    {
        using var response = await PostAsync(
            new { model = "gpt-5", input = "Hi", stream = true, background = true, store = false });

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    private static object Request(bool stream = true) => new { model = "gpt-5", input = "Hello", stream, background = true };

    private static int Number(JsonElement json) => json.GetProperty("sequence_number").GetInt32();

    private static async Task<string?> StatusAsync(HttpResponseMessage response)
    {
        using (response)
        using (var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)))
            return json.RootElement.GetProperty("status").GetString();
    }

    private Task<HttpResponseMessage> PostAsync(object body) => PostAsync(body, V1);

    private async Task<List<JsonElement>> EventsAsync(string target) =>
    [
        .. (await Client.GetStringAsync($"{V1}/{target}", Token)).Split('\n')
            .Where(line => line.StartsWith("data: ", StringComparison.Ordinal))
            .Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement),
    ];
}
