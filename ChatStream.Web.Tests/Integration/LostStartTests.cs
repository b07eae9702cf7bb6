using ChatStream.Emulator;
using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>
/// A GET whose connection is lost before its first frame is repeated by the browser, and must not be paid for twice.
/// </summary>
internal sealed class LostStartTests : AppTest
{
    private const string Target = "/chat/stream?message=Hi";

    private static readonly TimeSpan AbandonAfter = TimeSpan.FromMinutes(15);

    private readonly WatchedTime _time = new();

    protected override void Configure(ChatApp.Setup setup) => setup.Services = services =>
        services.AddSingleton<TimeProvider>(_time);

    [Test]
    public async Task The_repeat_of_a_start_that_was_never_read_attaches_to_it([Values] bool answeredMeanwhile)
    {
        var gate = new Gate();
        await LoseAsync(gate);
        if (answeredMeanwhile)
        {
            gate.Open();
            await (await AskedAsync()).Ended.WaitAsync(Token);
        }

        await using var stream = await RepeatAsync();
        gate.Open();
        await stream.ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo("ab"));
        Assert.That(stream.Frames[0].Number, Is.EqualTo("0"));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_repeat_that_comes_before_the_loss_is_known_attaches()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("a").Wait(gate).Text("b").Finish("stop").Done());
        await User.IdentifyAsync();
        using var connection = await RawConnection.GetAsync(User, Target, Token);
        await AskedAsync();

        var waits = _time.NextAsync(IdenticalRequests.LossIsKnownWithin, Token);
        var repeat = RepeatAsync();
        await waits;
        connection.Dispose();
        await using var stream = await repeat;
        gate.Open();
        await stream.ToEndAsync();

        Assert.That((stream.Text, stream.Frames[0].Number), Is.EqualTo(("ab", "0")));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task An_identical_start_after_a_full_read_is_a_new_start()
    {
        await using var first = await (await RepeatAsync()).ToEndAsync();
        await using var second = await (await RepeatAsync()).ToEndAsync();

        Assert.That(second.GenerationId, Is.Not.EqualTo(first.GenerationId));
        Assert.That(Asked, Is.EqualTo(2));
    }

    [Test]
    public async Task An_identical_start_is_a_new_start_while_the_first_has_a_reader()
    {
        Answers("Hi", Script.Start().Text("a").Stall());
        await using var first = await RepeatAsync();
        await first.UntilTextAsync("a");

        var waits = _time.NextAsync(IdenticalRequests.LossIsKnownWithin, Token);
        var repeat = RepeatAsync();
        await waits;
        _time.Advance(IdenticalRequests.LossIsKnownWithin);
        await using var second = await repeat;
        await second.UntilTextAsync("a");

        Assert.That(second.GenerationId, Is.Not.EqualTo(first.GenerationId));
        await Task.WhenAll(User.StopAsync(first.GenerationId), User.StopAsync(second.GenerationId));
    }

    [Test]
    public async Task A_different_request_is_a_different_start()
    {
        await LoseAsync();

        await using var stream = await (await User.StreamAsync(new(HttpMethod.Get, Target + "!"), Token)).ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo("Hi!"));
        Assert.That(Asked, Is.EqualTo(2));
    }

    [Test]
    public async Task The_same_request_of_another_user_is_a_different_start()
    {
        await LoseAsync();
        using var other = App.NewUser();

        await using var stream = await (await other.StreamAsync(new(HttpMethod.Get, Target), Token)).ToEndAsync();

        Assert.That(Asked, Is.EqualTo(2));
    }

    [Test]
    public async Task A_POST_is_never_treated_as_the_repeat_of_a_GET()
    {
        await LoseAsync();

        await using var stream = await (await User.StartAsync("Hi")).ToEndAsync();

        Assert.That(Asked, Is.EqualTo(2));
    }

    [TestCase(59, 1)]
    [TestCase(61, 2)]
    public async Task A_repeat_attaches_for_a_minute(int seconds, int asked)
    {
        await LoseAsync();
        _time.Advance(TimeSpan.FromSeconds(seconds));

        await using var stream = await (await RepeatAsync()).ToEndAsync();

        Assert.That(Asked, Is.EqualTo(asked));
    }

    [Test]
    public async Task The_end_of_an_earlier_read_does_not_forget_a_later_start()
    {
        var (end, gate) = (new Gate(), new Gate());
        Answers("Hi", Script.Start().Text("a").Wait(end).Finish("stop").Done());
        await using var earlier = await RepeatAsync();
        await earlier.UntilTextAsync("a");
        await LoseAsync(gate, index: 1);
        end.Open();
        await earlier.ToEndAsync();
        // The end of the read forgets the start in the background. Writes commit in order, so the next write comes after it.
        await User.AskAsync("Something else");

        await using var stream = await RepeatAsync();
        gate.Open();
        await stream.ToEndAsync();

        Assert.That(stream.GenerationId, Is.Not.EqualTo(earlier.GenerationId));
        Assert.That(Asked, Is.EqualTo(3), "two starts and something else");
    }

    [Test]
    public async Task After_a_restart_the_repeat_gets_the_stored_answer_and_the_next_is_new()
    {
        await LoseAsync(new Gate());
        await RestartAsync();
        Answers("Hi", Script.Answer("anew"));

        await using var repeat = await (await RepeatAsync()).ToEndAsync();

        Assert.That(repeat.Frames.Select(frame => $"{frame.Number} {frame.Event} {frame.Data}").Skip(2), Is.EqualTo(new[]
        {
            """s2 finish {"reason":"interrupted"}""", "s3 stop stopped",
        }));
        Assert.That(Asked, Is.EqualTo(1));

        // After a full read the start is forgotten. Writes commit in order, so the next write comes after it.
        await User.AskAsync("Something else");
        await using var next = await (await RepeatAsync()).ToEndAsync();
        Assert.That(next.Text, Is.EqualTo("anew"));
    }

    /// <summary>Sends the request and closes the connection without reading, and waits until the app has seen both.</summary>
    /// <param name="gate">Holds the second token back; null sends both at once.</param>
    /// <param name="index">The number of earlier starts; the last of them is being read.</param>
    private async Task LoseAsync(Gate? gate = null, int index = 0)
    {
        var opened = gate is null;
        gate ??= new Gate();
        Answers("Hi", Script.Start().Text("a").Wait(gate).Text("b").Finish("stop").Done());
        await User.IdentifyAsync();
        var left = _time.NextAsync(AbandonAfter, Token);
        var waits = index == 0 ? Task.CompletedTask : _time.NextAsync(IdenticalRequests.LossIsKnownWithin, Token);
        var connection = await RawConnection.GetAsync(User, Target, Token);
        await waits;
        _time.Advance(index * IdenticalRequests.LossIsKnownWithin);
        await AskedAsync(index);
        connection.Dispose();
        await left;
        if (opened)
            gate.Open();
    }

    private Task<EventStream> RepeatAsync() => User.StreamAsync(new(HttpMethod.Get, Target), Token);
}
