using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>An answer that one instance runs, asked for at another one.</summary>
internal sealed partial class AcrossInstancesTests
{
    private InstanceGroup _group = null!;
    private ChatClient _here = null!;
    private ChatClient _there = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        _group = await InstanceGroup.StartAsync(2, CancellationToken.None, settings: ("Streaming:KeepAlive", "00:00:01"));

    [OneTimeTearDown]
    public async Task StopAsync() => await _group.DisposeAsync();

    [SetUp]
    public async Task ArriveAsync()
    {
        _here = await _group.NewUserAsync(0);
        _there = _group.At(1, _here);
    }

    [TearDown]
    public void Leave()
    {
        _here.Dispose();
        _there.Dispose();
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_reader_there_gets_the_same_frames_while_they_come(CancellationToken timeout)
    {
        var gate = new Gate();
        Answers(Script.Start().Text("so ").Text("far").Wait(gate).Text(" and on").Finish("stop").Usage(5, 3).Done());
        await using var here = await BeginAsync();
        await here.UntilTextAsync("so far");

        await using var there = await _there.AttachAsync(here.GenerationId, cancellationToken: timeout);
        await there.UntilTextAsync("so far");
        await using var later = await _there.AttachAsync(here.GenerationId, $"{here.GenerationId}.1", timeout);
        gate.Open();

        await Task.WhenAll(here.ToEndAsync(), there.ToEndAsync(), later.ToEndAsync()).WaitAsync(timeout);
        Assert.That(there.Frames, Is.EqualTo(here.Frames));
        Assert.That(later.Frames, Is.EqualTo(here.Frames.Skip(2)));
        Assert.That(here.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
    }

    [Test]
    public async Task After_the_end_a_reader_there_still_gets_the_same_frames()
    {
        Answers(Script.Answer("One", " two", " three"));
        await using var here = await (await BeginAsync()).ToEndAsync();

        await using var there = await (await _there.AttachAsync(here.GenerationId)).ToEndAsync();
        await using var later = await (await _there.AttachAsync(here.GenerationId, here.Frames[1].Id)).ToEndAsync();

        Assert.That(there.Frames, Is.EqualTo(here.Frames));
        Assert.That(later.Frames, Is.EqualTo(here.Frames.Skip(2)));
    }

    [Test]
    public async Task Headers_there_are_those_of_a_stream_each_once()
    {
        Answers(Script.Start().Text("so far").Stall());
        await using var here = await BeginAsync();

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{here.GenerationId}");
        request.Headers.Add("Accept", "text/event-stream");
        using var there = await _there.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.That(there.Headers.Concat(there.Content.Headers).Where(header => header.Value.Count() > 1), Is.Empty);
        Assert.That(there.Content.Headers.ContentType?.ToString(), Is.EqualTo("text/event-stream"));
        Assert.That(there.Headers.CacheControl?.ToString(), Is.EqualTo("no-store, no-transform, no-cache"));
        Assert.That(there.Headers.GetValues("X-Accel-Buffering"), Is.EqualTo(new[] { "no" }));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task In_a_silence_comments_come_there(CancellationToken timeout)
    {
        Answers(Script.Start().Text("so far").Stall());
        await using var here = await BeginAsync();
        using var there = await RawConnection.GetAsync(_there, $"/chat/stream/{here.GenerationId}", timeout);
        await there.ReadUntilAsync("so far", timeout);

        for (var n = 0; n < 2; n++)
            Assert.That(await there.ReadUntilAsync(":\n\n", timeout), Does.Contain("3\r\n:\n\n"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_reader_that_leaves_there_is_gone_here(CancellationToken timeout)
    {
        await using var group = await InstanceGroup.StartAsync(
            2, timeout, settings: ("Generation:AbandonAfter", "00:00:00"));
        using var user = await group.NewUserAsync(0);
        using var elsewhere = group.At(1, user);
        group.Emulator.Enqueue(Script.Start().Text("so far").Stall());
        var here = await user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        var there = await elsewhere.AttachAsync(here.GenerationId, cancellationToken: timeout);
        await there.UntilTextAsync("so far");

        await here.DisposeAsync();
        var asked = await group.Emulator.RequestAsync(0, timeout);
        await there.DisposeAsync();

        Assert.That((await asked.Ended.WaitAsync(timeout)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    public async Task The_state_there_is_that_of_here()
    {
        Answers(Script.Start().Text("so far").Stall());
        await using var here = await BeginAsync();
        await here.UntilTextAsync("so far");

        var state = await _there.FindAsync(here.GenerationId);
        var tree = await _there.Http.GetStringAsync($"/conversations/{here.ConversationId}");
        var page = await _there.Http.GetStringAsync($"/chat/{here.ConversationId}");
        var list = await _there.Http.GetStringAsync("/conversations");
        var export = await _there.Http.GetStringAsync($"/conversations/{here.ConversationId}/export?format=md");

        Assert.That(
            (state.GetProperty("state").GetString(), state.GetProperty("text").GetString()), Is.EqualTo(("running", "so far")));
        Assert.That(tree, Does.Contain("\"state\":\"running\"").And.Contain("so far"));
        Assert.That(page, Does.Contain("so far"));
        Assert.That(list, Does.Contain("\"running\":true"));
        Assert.That(export, Does.Contain("so far"));
    }

    [Test]
    public async Task A_stop_there_stops_here_and_keeps_the_text()
    {
        Answers(Script.Start().Text("so far").Stall());
        await using var here = await BeginAsync();
        await here.UntilTextAsync("so far");

        using var stopped = await _there.StopAsync(here.GenerationId);
        using var again = await _there.StopAsync(here.GenerationId);

        await here.ToEndAsync();
        Assert.That((stopped.StatusCode, again.StatusCode), Is.EqualTo((HttpStatusCode.NoContent, HttpStatusCode.NoContent)));
        Assert.That(here.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        Assert.That((await _there.FindAsync(here.GenerationId)).GetProperty("text").GetString(), Is.EqualTo("so far"));
    }

    [Test]
    public async Task A_form_there_stops_here()
    {
        Answers(Script.Start().Text("so far").Stall());
        await using var here = await BeginAsync();

        using var form = new FormUrlEncodedContent([new("generationId", here.GenerationId)]);
        using var stopped = await _there.Http.PostAsync("/chat/stop", form);

        await here.ToEndAsync();
        Assert.That(
            ((int)stopped.StatusCode, stopped.Headers.Location?.ToString()), Is.EqualTo((303, $"/chat/{here.ConversationId}")));
    }

    [Test]
    public async Task A_deletion_there_stops_here_and_nothing_is_found_anywhere()
    {
        Answers(Script.Answer("Whole"));
        await using var whole = await (await BeginAsync()).ToEndAsync();
        Answers(Script.Start().Text("so far").Stall());
        await using var here = await _here.StreamAsync(ChatClient.Post(new { message = "More", whole.ConversationId }));
        await here.UntilTextAsync("so far");

        using var deleted = await _there.Http.DeleteAsync($"/conversations/{here.ConversationId}");

        await here.ToEndAsync();
        Assert.That((int)deleted.StatusCode, Is.EqualTo(204));
        Assert.That(here.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        foreach (var user in new[] { _here, _there })
        {
            foreach (var id in new[] { whole.GenerationId, here.GenerationId })
                Assert.That(await StatusAsync(user, $"/chat/stream/{id}"), Is.EqualTo(404));
        }
    }

    [Test]
    public async Task What_is_anothers_is_found_nowhere()
    {
        Answers(Script.Start().Text("so far").Stall());
        await using var here = await BeginAsync();
        using var stranger = await _group.NewUserAsync(1);
        using var strangerHere = _group.At(0, stranger);

        foreach (var user in new[] { stranger, strangerHere })
        {
            Assert.That(await StatusAsync(user, $"/chat/stream/{here.GenerationId}"), Is.EqualTo(404));
            Assert.That(await StatusAsync(user, $"/chat/{here.ConversationId}"), Is.EqualTo(404));
            using var stopped = await user.StopAsync(here.GenerationId);
            Assert.That((int)stopped.StatusCode, Is.EqualTo(404));
        }
    }

    [Test]
    public async Task A_message_there_while_the_answer_runs_here_is_refused_with_its_id()
    {
        Answers(Script.Start().Text("so far").Stall());
        await using var here = await BeginAsync();

        var (response, problem) = await _there.JsonAsync(
            ChatClient.Post(new { message = "Early", here.ConversationId }));

        Assert.That(
            ((int)response.StatusCode, problem.GetProperty("generationId").GetString()), Is.EqualTo((409, here.GenerationId)));
    }

    [Test]
    public async Task A_repeat_there_attaches_to_what_runs_here([Values] bool byGet)
    {
        var gate = new Gate();
        Answers(Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        var before = _group.Emulator.Requests.Count;
        HttpRequestMessage Start() => byGet
            ? new HttpRequestMessage(HttpMethod.Get, "/chat/stream?message=Hi&idempotencyKey=one")
            {
                Headers = { { "Accept", "text/event-stream" } },
            }
            : ChatClient.Post(new { message = "Hi" }, idempotencyKey: "one");

        await using var here = await _here.StreamAsync(Start());
        await here.UntilTextAsync("so far");
        await using var there = await _there.StreamAsync(Start());
        await there.UntilTextAsync("so far");
        gate.Open();

        await Task.WhenAll(here.ToEndAsync(), there.ToEndAsync());
        Assert.That(there.Frames, Is.EqualTo(here.Frames));
        Assert.That(_group.Emulator.Requests, Has.Count.EqualTo(before + 1));
    }

    [Test]
    public async Task A_repeat_there_that_wants_the_whole_answer_waits_for_it()
    {
        var gate = new Gate();
        Answers(Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        await using var here =
            await _here.StreamAsync(ChatClient.Post(new { message = "Hi" }, idempotencyKey: "whole"));
        await here.UntilTextAsync("so far");

        var whole = _there.JsonAsync(ChatClient.Post(new { message = "Hi" }, "application/json", "whole"));
        gate.Open();

        Assert.That((await whole).Body.GetProperty("text").GetString(), Is.EqualTo("so far"));
    }

    [Test]
    public async Task An_identical_get_there_goes_on_with_what_was_lost_here()
    {
        var gate = new Gate();
        Answers(Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        var before = _group.Emulator.Requests.Count;
        const string path = "/chat/stream?message=Lost";
        var here = await _here.StreamAsync(EventStreamOf(path));
        await here.UntilTextAsync("so far");
        var id = here.GenerationId;
        await here.DisposeAsync();

        await using var there = await _there.StreamAsync(EventStreamOf(path));
        gate.Open();

        await there.ToEndAsync();
        Assert.That(there.GenerationId, Is.EqualTo(id));
        Assert.That(_group.Emulator.Requests, Has.Count.EqualTo(before + 1));
    }

    [Test]
    public async Task A_forwarded_get_keeps_its_escapes_and_leaves_no_prompt_in_a_log()
    {
        Answers(Script.Start().Text("so far").Stall());
        const string path = "/chat/stream?message=okapi%e4%bd%a0%7E%41&idempotencyKey=escapes";
        await using var here = await _here.StreamAsync(EventStreamOf(path));
        await here.UntilTextAsync("so far");

        // As they stand here, and not as .NET would write them.
        var asWritten = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri($"{_group.Processes[1].Address.GetLeftPart(UriPartial.Authority)}{path}", asWritten));
        request.Headers.Add("Accept", "text/event-stream");
        await using var there = await _there.StreamAsync(request);
        await there.UntilTextAsync("so far");

        Assert.That(there.GenerationId, Is.EqualTo(here.GenerationId));
        foreach (var process in _group.Processes)
            Assert.That(process.Output, Does.Not.Contain("okapi"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Instances_reach_one_another_by_the_name_of_the_host(CancellationToken timeout)
    {
        await using var group = await InstanceGroup.StartAsync(
            2, timeout, settings: [("ASPNETCORE_URLS", "http://0.0.0.0:0"), ("SignIn:Kind", "Browser")]);
        using var user = new ChatClient(new UriBuilder(group.Processes[0].Address) { Host = "127.0.0.1" }.Uri);
        using var there = new ChatClient(
            new UriBuilder(group.Processes[1].Address) { Host = "127.0.0.1" }.Uri, user.Cookies);
        await user.IdentifyAsync();
        group.Emulator.Enqueue(Script.Start().Text("so far").Stall());
        await using var here = await user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");

        await using var forwarded = await there.AttachAsync(here.GenerationId, cancellationToken: timeout);
        await forwarded.UntilTextAsync("so far");
        (await there.Http.DeleteAsync($"/conversations/{here.ConversationId}", timeout)).Dispose();

        await here.ToEndAsync();
        Assert.That(here.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        foreach (var process in group.Processes)
            Assert.That(process.Output, Does.Not.Contain("cannot be reached"));
    }

    [TestCase("")]
    [TestCase("e30.e30")]
    [TestCase("not a ticket")]
    public async Task The_door_between_instances_opens_for_no_one_else(string ticket)
    {
        Answers(Script.Start().Text("so far").Stall());
        await using var here = await BeginAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{here.GenerationId}");
        request.Headers.TryAddWithoutValidation("ChatStream-Forwarded", ticket);
        using var stranger = new ChatClient(_group.Processes[0].Address);

        using var response = await stranger.Http.SendAsync(request);

        Assert.That((int)response.StatusCode, Is.EqualTo(ticket.Length > 0 ? 403 : 404));
    }

    private void Answers(Script script) => _group.Emulator.Enqueue(script);

    private async Task<EventStream> BeginAsync()
    {
        var stream = await _here.StartAsync("Hi");
        await stream.NextAsync();
        return stream;
    }

    private static HttpRequestMessage EventStreamOf(string path) =>
        new(HttpMethod.Get, path) { Headers = { { "Accept", "text/event-stream" } } };

    private static async Task<int> StatusAsync(ChatClient user, string path)
    {
        using var response = await user.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        return (int)response.StatusCode;
    }
}
