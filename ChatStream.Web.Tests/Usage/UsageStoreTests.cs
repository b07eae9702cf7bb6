using System.Diagnostics.Metrics;
using System.Globalization;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Telemetry;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using ChatStream.Web.Usage;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Usage;

/// <summary>Answers are counted exactly when they are stored, and stay counted.</summary>
internal sealed class UsageStoreTests(DatabaseKind kind) : StoreTest(kind)
{
    private static readonly FailurePayload Busy = new(FailureCode.RateLimited, "Slow down.");

    private UsageReader Reader => new(Store.Database, TestStore.Reads, Store.Time);

    [Test]
    public async Task What_answers_used_and_how_they_ended_is_added_up()
    {
        await EndAsync(new UsagePayload(100, 20, 5, 64, Cost: new CostPayload(0.5m, "USD")), TimeSpan.FromSeconds(1));
        await EndAsync(
            new UsagePayload(7, 3, Estimated: true, Cost: new CostPayload(0.25m, "USD")), reason: FinishReason.Stopped);
        await EndAsync(new UsagePayload(10, 1, Cost: new CostPayload(2m, "EUR")), TimeSpan.FromSeconds(4), model: "other");
        await EndAsync(new UsagePayload(1, 1), model: "other");
        await EndAsync(used: null, reason: FinishReason.Failed, failure: Busy);

        var report = await ReadAsync();

        Assert.That(Told(report.Total), Is.EqualTo(
            "5 answers, 118 in (64 cached), 25 out (5 reasoning), 1 estimated, 2 EUR, 0.75 USD, 1 unpriced, "
            + "Completed 3, Stopped 1, Failed 1, RateLimited 1, first word 1.0 3.9"));
        Assert.That(report.Models.Select(model => $"{model.Model}: {Told(model.Figures)}"), Is.EqualTo(new[]
        {
            "gpt-4o: 3 answers, 107 in (64 cached), 23 out (5 reasoning), 1 estimated, 0.75 USD, 0 unpriced, "
            + "Completed 1, Stopped 1, Failed 1, RateLimited 1, first word 1.0 1.0",
            "other: 2 answers, 11 in (0 cached), 2 out (0 reasoning), 0 estimated, 2 EUR, 1 unpriced, "
            + "Completed 2, first word 3.9 3.9",
        }));
        Assert.That(Told(report.Days.Single().Figures), Is.EqualTo(Told(report.Total)));
        Assert.That((await ReadAsync(Bob)).Total.Answers, Is.Zero, "another user");
    }

    [TestCase(true, 1)]
    [TestCase(false, 0)]
    public async Task What_is_used_without_a_stored_answer_is_added_up(bool isAnswer, int answers)
    {
        var use = new OtherUse(Store.Database, Store.Time, NullLogger<OtherUse>.Instance);
        await use.AddAsync(Ada, "gpt-4o", new UsagePayload(100, 20, 5, Estimated: true), isAnswer);
        await use.AddAsync(Ada, "gpt-4o", new UsagePayload(7, 3, Cost: new CostPayload(0.25m, "USD")), isAnswer);

        Assert.That(Told((await ReadAsync()).Total), Is.EqualTo(
            $"0 answers, 107 in (0 cached), 23 out (5 reasoning), {answers} estimated, 0.25 USD, {answers} unpriced"));
        await using var db = Store.Database.ReadAs(Ada);
        Assert.That(db.Set<UsageDay>().Sum(day => day.Answers), Is.EqualTo(2 * answers), "what budgets of answers count");
    }

    [Test]
    public async Task What_is_used_without_a_stored_answer_is_in_the_metrics_too()
    {
        var model = $"only-of-this-test-{Kind}"; // other tests count at the same time
        var told = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == ChatMeter.Name)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Tell(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Tell(instrument, value, tags));
        listener.Start();
        await new OtherUse(Store.Database, Store.Time, NullLogger<OtherUse>.Instance).AddAsync(
            Ada, model, new UsagePayload(100, 20, 5, 64, Cost: new CostPayload(0.25m, "USD")), isAnswer: false);

        Assert.That(told, Is.EqualTo(new[]
        {
            "chatstream.tokens input 100", "chatstream.tokens cached 64", "chatstream.tokens output 20",
            "chatstream.tokens reasoning 5", "chatstream.cost USD 0.25",
        }));

        void Tell(Instrument instrument, IFormattable value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            if (Equals(labels.GetValueOrDefault("model"), model))
                told.Add($"{instrument.Name} {labels.GetValueOrDefault("type") ?? labels["currency"]} "
                    + value.ToString(format: null, CultureInfo.InvariantCulture));
        }
    }

    [Test]
    public async Task A_day_ends_at_midnight_utc_and_old_days_are_left_out()
    {
        var today = Store.Time.GetUtcNow().UtcDateTime.Date;
        Store.Time.Advance(today.AddDays(1).AddMilliseconds(-1) - Store.Time.GetUtcNow().UtcDateTime);
        await EndAsync(new UsagePayload(1, 1));
        Store.Time.Advance(TimeSpan.FromMilliseconds(1));
        await EndAsync(new UsagePayload(2, 2));

        var first = DateOnly.FromDateTime(today);
        Assert.That((await ReadAsync()).Days.Select(day => (day.Day, day.Figures.InputTokens)),
            Is.EqualTo(new[] { (first, 1L), (first.AddDays(1), 2L) }));
        Store.Time.Advance(TimeSpan.FromDays(6));
        Assert.That((await ReadAsync()).Days.Select(day => day.Day), Is.EqualTo(new[] { first.AddDays(1) }));
        Assert.That((await ReadAsync(days: 30)).Days, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_deletion_takes_nothing_away()
    {
        var start = await EndAsync(new UsagePayload(100, 20));

        await Store.Library.DeleteAsync(Ada, start.ConversationId);

        Assert.That(await CountAsync("Messages"), Is.Zero);
        Assert.That((await ReadAsync()).Total.InputTokens, Is.EqualTo(100));
    }

    [Test]
    public async Task An_answer_that_was_deleted_while_it_ran_is_counted()
    {
        var start = await StartAsync("Hello");
        await Store.Library.DeleteAsync(Ada, start.ConversationId);

        Assert.That(await StoreEndAsync(start, new UsagePayload(100, 20), FinishReason.Stopped), Is.EqualTo(EndOutcome.Gone));

        Assert.That(Told((await ReadAsync()).Total),
            Is.EqualTo("1 answers, 100 in (0 cached), 20 out (0 reasoning), 0 estimated, 1 unpriced, Stopped 1"));
    }

    [Test]
    public async Task An_end_that_comes_twice_counts_once_and_one_that_is_replaced_counts_as_the_last()
    {
        var start = await EndAsync(new UsagePayload(100, 20), TimeSpan.FromSeconds(1));
        await StoreEndAsync(start, new UsagePayload(100, 20), FinishReason.Completed);
        Store.Time.Advance(TimeSpan.FromDays(1));
        await StoreEndAsync(start, new UsagePayload(100, 20), FinishReason.Failed, CheckpointLoop.NotStored, replaces: true);

        Assert.That(Told((await ReadAsync()).Total), Is.EqualTo(
            "1 answers, 100 in (0 cached), 20 out (0 reasoning), 0 estimated, 1 unpriced, "
            + "Failed 1, Internal 1, first word 1.0 1.0"));
        await StoreEndAsync(start, new UsagePayload(100, 20), FinishReason.Stopped, replaces: true);
        Assert.That(Told((await ReadAsync()).Total), Is.EqualTo(
            "1 answers, 100 in (0 cached), 20 out (0 reasoning), 0 estimated, 1 unpriced, Stopped 1, first word 1.0 1.0"));
    }

    [Test]
    public async Task An_answer_whose_process_died_is_counted_with_an_estimate()
    {
        var start = await StartAsync("How do tides work?");
        await Store.Checkpoints.AppendAsync(
            [
                new CheckpointPart
                {
                    MessageId = start.MessageId,
                    Number = 0,
                    Text = "The Moon pulls.",
                    LogEnd = 1,
                    NextFrame = 1,
                },
            ], keepFrom: 1, Store.Instance.Id);

        await Store.ReopenAsync();

        var stored = await MessageAsync(start.MessageId);
        Assert.That(stored.Usage, Is.EqualTo(new UsagePayload(
            TestStore.Tokens.Count("How do tides work?"), TestStore.Tokens.CountText("The Moon pulls."), Estimated: true)));
        Assert.That(Told((await ReadAsync()).Total), Is.EqualTo(
            $"1 answers, {stored.InputTokens} in (0 cached), {stored.OutputTokens} out (0 reasoning), 1 estimated, 1 unpriced, "
            + "Interrupted 1, Interrupted 1"));
    }

    [Test]
    public async Task Old_sums_are_removed_in_slices()
    {
        await EndAsync(new UsagePayload(1, 1));
        var expired = new ExpiredUsage(Store.Database, Store.Time, NullLogger<ExpiredUsage>.Instance);
        Store.Time.Advance(TimeSpan.FromDays(ExpiredUsage.DaysKept));
        await expired.RemoveAsync(Token);
        Assert.That((await CountAsync("UsageDays"), await CountAsync("UsageCounts")), Is.EqualTo((1, 1)), "the last day");

        Store.Time.Advance(TimeSpan.FromDays(1));
        await expired.RemoveAsync(Token);

        Assert.That((await CountAsync("UsageDays"), await CountAsync("UsageCounts")), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task Names_go_when_nothing_is_left_that_was_used()
    {
        await EndAsync(new UsagePayload(1, 1));
        var ada = Owner.Program("ada");
        var caller = new Caller(ada, "10.0.0.1") { Rights = new Rights(IsAdmin: false, ["Staff", "staff", "lab"]) };
        var book = new UserBook(Store.Database, Store.Time);
        await book.NoteAsync(caller);
        await book.NoteAsync(caller with { Rights = Rights.None });
        Assert.That((await CountAsync("Users"), await CountAsync("UserGroups")), Is.EqualTo((1, 0)), "left the groups");
        await book.NoteAsync(caller);
        await book.NoteAsync(new Caller(Owner.NewBrowser(), "10.0.0.2"));
        Assert.That((await CountAsync("Users"), await CountAsync("UserGroups")), Is.EqualTo((1, 2)));

        var expired = new ExpiredUsage(Store.Database, Store.Time, NullLogger<ExpiredUsage>.Instance);
        await expired.RemoveAsync(Token);
        Assert.That((await CountAsync("Users"), await CountAsync("UserGroups")), Is.EqualTo((1, 2)));
        Store.Time.Advance(TimeSpan.FromDays(ExpiredUsage.DaysKept + 1));
        await expired.RemoveAsync(Token);

        Assert.That((await CountAsync("Users"), await CountAsync("UserGroups")), Is.EqualTo((0, 0)));
    }

    private Task<UsageReport> ReadAsync(Owner? owner = null, int days = 7) => Reader.ReadAsync(owner ?? Ada, days, Token);

    /// <summary>Stores an answer that has ended.</summary>
    private async Task<StartPayload> EndAsync(
        UsagePayload? used, TimeSpan? firstWord = null, FinishReason reason = FinishReason.Completed,
        FailurePayload? failure = null, string model = "gpt-4o")
    {
        var command = TestStore.Command(new StartRequest { Message = "Hello" }) with { Model = model };
        var start = (await Store.StartAsync(Ada, command)).New!;
        Assert.That(await StoreEndAsync(start, used, reason, failure, firstWord), Is.EqualTo(EndOutcome.Stored));
        return start;
    }

    private Task<EndOutcome> StoreEndAsync(
        StartPayload start, UsagePayload? used, FinishReason reason, FailurePayload? failure = null, TimeSpan? firstWord = null,
        bool replaces = false) =>
        Store.Ends.EndAsync(
            Ada,
            new EndedAnswer(start.MessageId, "Hi", Reasoning: null, reason, failure, used, LastFrame: 5)
            {
                Model = "gpt-4o",
                FirstWord = firstWord,
            },
            replaces);

    private static string Told(UsageFigures figures) => string.Join(", ",
    [
        $"{figures.Answers} answers",
        $"{figures.InputTokens} in ({figures.CachedTokens} cached)",
        $"{figures.OutputTokens} out ({figures.ReasoningTokens} reasoning)",
        $"{figures.Estimated} estimated",
        .. figures.Costs.Select(cost => $"{cost.Amount} {cost.Currency}"),
        $"{figures.Unpriced} unpriced",
        .. figures.Ends.Select(end => $"{end.Key} {end.Value}"),
        .. figures.Failures.Select(failure => $"{failure.Key} {failure.Value}"),
        .. figures.FirstWord is { } first ? new[] { $"first word {first.Median} {first.P95}" } : [],
    ]);
}
