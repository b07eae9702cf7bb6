using System.Buffers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Contract;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Running;

/// <summary>Memory keeps ended generations up to a count, a size and an age. Running ones are always kept.</summary>
internal sealed class GenerationRegistryTests
{
    private static readonly Owner Me = new("me");

    private readonly FakeTimeProvider _time = new();
    private GenerationRegistry? _registry;

    [TearDown]
    public void Dispose() => _registry?.Dispose();

    [Test]
    public void The_newest_ended_generations_are_kept_up_to_the_count()
    {
        Create(new() { KeepEndedCount = 3 });
        var ended = Enumerable.Range(0, 5).Select(_ => End(Add())).ToList();

        Assert.That(ended.Select(IsKept), Is.EqualTo(new[] { false, false, true, true, true }));
    }

    [Test]
    public void The_newest_ended_generations_are_kept_up_to_the_bytes()
    {
        Create(new() { KeepEndedBytes = 25_000 });
        var ended = Enumerable.Range(0, 4).Select(_ => End(Add(text: new string('x', 10_000)))).ToList();
        Assert.That(ended.Select(IsKept), Is.EqualTo(new[] { false, false, true, true }));

        var giant = End(Add(text: new string('x', 30_000)));
        Assert.That(ended.Append(giant).Select(IsKept), Has.All.False, "one that is larger than all the room is not kept");
        Assert.That(IsKept(End(Add())), Is.True, "and takes none of it afterwards");
    }

    [Test]
    public void Ended_generations_are_kept_for_the_set_time()
    {
        Create(new() { KeepEndedFor = TimeSpan.FromMinutes(5) });
        var first = End(Add());
        _time.Advance(TimeSpan.FromMinutes(3));
        var second = End(Add());
        _time.Advance(TimeSpan.FromMinutes(1.9));
        Assert.That((IsKept(first), IsKept(second)), Is.EqualTo((true, true)));
        _time.Advance(TimeSpan.FromMinutes(1.2));
        Assert.That((IsKept(first), IsKept(second)), Is.EqualTo((false, true)), "without another end to notice it");
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.That(IsKept(second), Is.False);
    }

    [Test]
    public void No_ended_generation_is_kept_when_the_count_is_zero()
    {
        Create(new() { KeepEndedFor = TimeSpan.Zero });
        Assert.That(IsKept(End(Add())), Is.False);
        Create(new() { KeepEndedCount = 0 });
        Assert.That(IsKept(End(Add())), Is.False);
        Create(new() { KeepEndedBytes = 0 });
        Assert.That(IsKept(End(Add())), Is.False);
    }

    [Test]
    public void Running_generations_are_always_kept()
    {
        Create(new() { KeepEndedCount = 1, KeepEndedBytes = 1_000, KeepEndedFor = TimeSpan.FromSeconds(1) });
        var running = Enumerable.Range(0, 10).Select(_ => Add(text: new string('x', 10_000))).ToList();
        End(Add());
        _time.Advance(TimeSpan.FromHours(1));

        Assert.That(running.Select(IsKept), Has.All.True);
        Assert.That(_registry!.Running, Is.EquivalentTo(running));
    }

    [Test]
    public void An_ended_generation_is_found_but_not_counted_as_running()
    {
        Create(new());
        var (ended, running) = (End(Add()), Add());

        Assert.That(_registry!.Running, Is.EqualTo(new[] { running }));
        Assert.That(_registry.Find(Me, ended.Id), Is.SameAs(ended));
    }

    [Test]
    public void A_generation_of_another_owner_is_not_found()
    {
        Create(new());
        var mine = Add();

        Assert.That(_registry!.Find(Me, mine.Id), Is.SameAs(mine));
        Assert.That(_registry.Find(new Owner("other"), mine.Id), Is.Null);
        Assert.That(_registry.Find(default, mine.Id), Is.Null);
        Assert.That(_registry.Find(Me, Ids.New()), Is.Null);
    }

    [Test]
    public void A_generation_that_never_began_is_forgotten_and_releases_its_waiters()
    {
        Create(new());
        var withdrawn = new Generation(Ids.New(), Me, MemoryPool<byte>.Shared, TimeProvider.System);
        _registry!.Add(withdrawn);
        _registry.Withdraw(withdrawn);

        Assert.That(IsKept(withdrawn), Is.False);
        Assert.That(withdrawn.Closed.IsCompleted, Is.True);
        Assert.That(withdrawn.TryEnd(FinishReason.Stopped), Is.False, "a stop that found it just before does no harm");
    }

    private void Create(GenerationOptions options)
    {
        _registry?.Dispose();
        _registry = new GenerationRegistry(Options.Create(options), _time);
    }

    private Generation Add(string text = "Hello")
    {
        var generation = new Generation(Ids.New(), Me, MemoryPool<byte>.Shared, TimeProvider.System);
        generation.Begin(Payloads.Start);
        generation.AppendText(text);
        _registry!.Add(generation);
        return generation;
    }

    private Generation End(Generation generation)
    {
        generation.TryEnd(FinishReason.Completed);
        generation.Close(generation.Ended.Result);
        _registry!.Keep(generation);
        return generation;
    }

    private bool IsKept(Generation generation) => _registry!.Find(Me, generation.Id) is not null;
}
