using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A request with the id of a frame resumes a reader and starts nothing.</summary>
internal sealed class ReconnectTests : AppTest
{
    [Test]
    public async Task A_start_with_the_id_of_a_frame_goes_on_after_it([Values("header", "parameter", "POST")] string how)
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("a").Wait(gate).Text("b").Finish("stop").Done());
        var lost = await User.StreamAsync(new(HttpMethod.Get, "/chat/stream?message=Hi"), Token);
        var last = await lost.UntilTextAsync("a");
        await lost.CutAsync();
        var request = how switch
        {
            "header" =>
                new HttpRequestMessage(HttpMethod.Get, "/chat/stream?message=Hi") { Headers = { { "Last-Event-ID", last.Id } } },
            "parameter" => new HttpRequestMessage(HttpMethod.Get, $"/chat/stream?message=Hi&lastEventId={last.Id}"),
            _ => ChatClient.Post(new { message = "Hi" }),
        };
        if (how == "POST")
            request.Headers.Add("Last-Event-ID", last.Id);

        await using var again = await User.StreamAsync(request, Token);
        gate.Open();
        await again.ToEndAsync();

        Assert.That(again.Text, Is.EqualTo("b"));
        Assert.That(
            lost.Frames.Concat(again.Frames).Select(frame => frame.Number),
            Is.EqualTo(Enumerable.Range(0, 9).Select(n => $"{n}")));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task The_header_wins_over_the_parameter()
    {
        await using var whole = await (await User.StartAsync("one two")).ToEndAsync();
        var id = whole.GenerationId;
        var request =
            new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{id}?lastEventId={id}.0")
            {
                Headers = { { "Last-Event-ID", $"{id}.3" } },
            };

        await using var rest = await (await User.StreamAsync(request, Token)).ToEndAsync();

        Assert.That(rest.Frames[0].Number, Is.EqualTo("4"));
    }

    [Test]
    public async Task A_reader_that_has_everything_gets_204([Values] bool stored)
    {
        await using var whole = await (await User.StartAsync("one two")).ToEndAsync();
        var (id, last) = (whole.GenerationId, whole.Frames[^1].Id!);
        if (stored)
            await RestartAsync();

        Assert.That(await StatusAsync(new(HttpMethod.Get, $"/chat/stream/{id}"), last), Is.EqualTo(204), "attach");
        Assert.That(await StatusAsync(new(HttpMethod.Get, "/chat/stream?message=one%20two"), last), Is.EqualTo(204), "GET");
        Assert.That(await StatusAsync(ChatClient.Post(new { message = "one two" }), last), Is.EqualTo(204), "POST");
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_stored_answer_resumes_at_its_own_frames_and_restarts_for_any_other_id()
    {
        await using var whole = await (await User.StartAsync("one two")).ToEndAsync();
        var id = whole.GenerationId;
        string[] all = ["s0", "s1", "s2", "s3"];
        await RestartAsync();

        Assert.That(await NumbersAfterAsync(null), Is.EqualTo(all));
        Assert.That(await NumbersAfterAsync("s0"), Is.EqualTo(new[] { "s1", "s2", "s3" }));
        Assert.That(await NumbersAfterAsync("s1"), Is.EqualTo(new[] { "s2", "s3" }));
        Assert.That(await NumbersAfterAsync("s2"), Is.EqualTo(new[] { "s3" }));
        Assert.That(await NumbersAfterAsync("s3"), Is.Null);
        Assert.That(await NumbersAfterAsync("s4"), Is.EqualTo(all), "no such frame was ever sent");
        Assert.That(await NumbersAfterAsync("s2147483647"), Is.EqualTo(all));
        for (var n = 0; n < whole.Frames.Count - 1; n++)
            Assert.That(await NumbersAfterAsync($"{n}"), Is.EqualTo(all), $"after {n}");
        Assert.That(await NumbersAfterAsync($"{whole.Frames.Count}"), Is.EqualTo(all));

        async Task<string[]?> NumbersAfterAsync(string? number)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{id}");
            if (number is not null)
                request.Headers.Add("Last-Event-ID", $"{id}.{number}");
            using var response = await User.Http.SendAsync(request, Token);
            if ((int)response.StatusCode == 204)
                return null;
            await using var stream = await (await EventStream.OpenAsync(response)).ToEndAsync();
            Assert.That(
                stream.Frames.Where(frame => frame.Event == "snapshot").Select(frame => frame.Text), Is.All.EqualTo("one two"));
            return [.. stream.Frames.Select(frame => frame.Number)];
        }
    }

    [TestCase("2147483647")]
    [TestCase("99")]
    [TestCase("s0")]
    public async Task A_frame_that_a_running_answer_has_not_sent_is_refused(string number)
    {
        Answers("Hi", Script.Start().Text("a").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("a");

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{stream.GenerationId}");
        request.Headers.Add("Last-Event-ID", $"{stream.GenerationId}.{number}");
        var (response, problem) = await User.JsonAsync(WithStream(request));

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(
            problem.GetProperty("errors").GetProperty("Last-Event-ID")[0].GetString(),
            Is.EqualTo("This generation has sent no frame with this id."));
        await User.StopAsync(stream.GenerationId);
    }

    [Test]
    public async Task A_program_that_takes_json_gets_the_state_for_the_id_of_a_frame()
    {
        var answer = await User.AskAsync("Hello");
        using var request = ChatClient.Post(new { message = "Hello" }, accept: "application/json");
        request.Headers.Add("Last-Event-ID", $"{answer.GetProperty("generationId").GetString()}.2");

        var (response, body) = await User.JsonAsync(request);

        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        Assert.That(body.GetRawText(), Is.EqualTo(answer.GetRawText()));
        Assert.That(Asked, Is.EqualTo(1));
    }

    private static HttpRequestMessage WithStream(HttpRequestMessage request)
    {
        request.Headers.Add("Accept", "text/event-stream");
        return request;
    }

    private async Task<int> StatusAsync(HttpRequestMessage request, string lastEventId)
    {
        request.Headers.Add("Last-Event-ID", lastEventId);
        using var response = await User.Http.SendAsync(request, Token);
        Assert.That(await response.Content.ReadAsStringAsync(Token), Is.Empty);
        return (int)response.StatusCode;
    }
}
