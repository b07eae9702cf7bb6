using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Views;
using ChatStream.Web.Views.Page;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Views;

/// <summary>
/// The rules that the page's script repeats. <c>Mirrored/*.json</c> has the cases, and the script's tests read the same files.
/// </summary>
internal sealed class MirroredRulesTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly JsonElement FigureTable = Table("figures");

    private CultureInfo _culture = null!;

    [SetUp]
    public void SpeakTheTablesLanguage()
    {
        _culture = CultureInfo.CurrentCulture;
        var row = TestContext.CurrentContext.Test.Arguments is [JsonElement { ValueKind: JsonValueKind.Object } first, ..]
            ? first
            : default(JsonElement?);
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(
            (row?.TryGetProperty("language", out var own) == true ? own : FigureTable.GetProperty("language")).GetString()!);
    }

    [TearDown]
    public void SpeakAsBefore() => CultureInfo.CurrentCulture = _culture;

    [TestCaseSource(nameof(Cases), new object[] { "days", "days" })]
    public void A_time_is_listed_under_a_day(JsonElement row) => Assert.That(
        Days.Of(Time(row, "time"), Time(row, "now"), TimeZoneInfo.FindSystemTimeZoneById(Text(row, "zone")!)),
        Is.EqualTo(Text(row, "day")));

    [TestCaseSource(nameof(Cases), new object[] { "days", "headings" })]
    public void A_month_has_a_heading_and_a_day_a_word(JsonElement row)
    {
        Assert.That(Days.MonthOf(Text(row, "day")!), Is.EqualTo(Text(row, "month")));
    }

    [TestCaseSource(nameof(Cases), new object[] { "endings", "endings" })]
    public void An_ending_has_a_key(JsonElement row)
    {
        var failure = Text(row, "code") is not { } code ? null : new FailurePayload(
            OfWire<FailureCode>(code), "",
            Of: row.TryGetProperty("of", out var part) ? OfWire<FilteredPart>(part.GetString()!) : null,
            Withdrawn: row.TryGetProperty("withdrawn", out _) ? true : null);

        Assert.That(Ending.KeyOf(OfWire<FinishReason>(Text(row, "finish")!), failure), Is.EqualTo(Text(row, "key")));
    }

    [TestCaseSource(nameof(Cases), new object[] { "isolated", "titles" })]
    public void A_title_turns_nothing_around_it(JsonElement row) =>
        Assert.That(IsolatedText.Of(Text(row, "title")!), Is.EqualTo(Text(row, "shown")));

    [TestCaseSource(nameof(Cases), new object[] { "visible-signs", "texts" })]
    public void Signs_that_cannot_be_seen_are_written(JsonElement row) =>
        Assert.That(VisibleSigns.Of(Text(row, "text")), Is.EqualTo(Text(row, "shown")));

    [TestCaseSource(nameof(Cases), new object[] { "long", "texts" })]
    public void A_long_message_is_folded(JsonElement row) => Assert.That(
        LongText.Is(string.Concat(Enumerable.Repeat(Text(row, "part"), row.GetProperty("times").GetInt32()))),
        Is.EqualTo(row.GetProperty("isLong").GetBoolean()));

    [Test]
    public void Every_finish_reason_and_failure_code_has_a_case()
    {
        var rows = Table("endings").GetProperty("endings").EnumerateArray().ToList();

        Assert.That(rows.Select(row => OfWire<FinishReason>(Text(row, "finish")!)).Distinct(),
            Is.EquivalentTo(Enum.GetValues<FinishReason>()));
        Assert.That(
            rows.Select(row => Text(row, "code")).OfType<string>().Select(OfWire<FailureCode>).Distinct(),
            Is.EquivalentTo(Enum.GetValues<FailureCode>()));
    }

    [TestCaseSource(nameof(Cases), new object[] { "figures", "numbers" })]
    public void A_number_has_its_thousands_separated(JsonElement row) =>
        Assert.That(Figures.Number(Number(row, "value")!.Value), Is.EqualTo(Text(row, "text")));

    [TestCaseSource(nameof(Cases), new object[] { "figures", "costs" })]
    public void A_cost_has_two_decimals_and_more_below_one(JsonElement row) => Assert.That(
        Figures.Cost(new CostPayload(row.GetProperty("amount").GetDecimal(), Text(row, "currency")!)),
        Is.EqualTo(Text(row, "text")));

    [TestCaseSource(nameof(Cases), new object[] { "figures", "durations" })]
    public void A_duration_is_seconds_or_a_clock(JsonElement row) =>
        Assert.That(Figures.Duration(Number(row, "seconds")!.Value, InSeconds), Is.EqualTo(Text(row, "text")));

    [TestCaseSource(nameof(Cases), new object[] { "figures", "measured" })]
    public void A_measured_time_has_tenths_below_ten_seconds(JsonElement row) =>
        Assert.That(Figures.Measured(Number(row, "seconds")!.Value, InSeconds), Is.EqualTo(Text(row, "text")));

    [TestCaseSource(nameof(Cases), new object[] { "figures", "thoughts" })]
    public void A_thought_takes_at_least_a_second(JsonElement row) =>
        Assert.That(Figures.Thought(Number(row, "seconds")!.Value, InSeconds), Is.EqualTo(Text(row, "text")));

    [TestCaseSource(nameof(Cases), new object[] { "figures", "answers" })]
    public void An_answer_tells_its_times_and_its_speed(JsonElement row)
    {
        var message = new Message
        {
            Id = "aaaaaaaaaaaaaaaa",
            ConversationId = "cccccccccccccccc",
            OwnerId = "me",
            Role = MessageRole.Assistant,
            Text = "Hello",
            Reasoning = row.GetProperty("hasReasoning").GetBoolean() ? "Hm." : null,
            CreatedAt = At(row, "begin")!.Value,
            FirstOutputAt = At(row, "firstOutput"),
            FirstTextAt = At(row, "firstText"),
            EndedAt = At(row, "end"),
            FinishReason = FinishReason.Completed,
            InputTokens = 10,
            OutputTokens = (long?)Number(row, "outputTokens"),
        };
        // The user decided about one of two calls of a round.
        if (Number(row, "waited") is > 0 and var waited)
        {
            var begun = At(row, "firstOutput")!.Value.AddSeconds(1);
            message.Tools =
            [
                Call(1) with { StartedAt = begun, EndedAt = begun.AddSeconds(1) },
                Call(2) with { AskedAt = begun, StartedAt = begun.AddSeconds(2), EndedAt = begun.AddSeconds(waited) },
            ];
        }

        var view = MessageViews.Of([message], _ => [], name => name, _ => null);

        double?[] told = [view.Took?.TotalSeconds, view.FirstWord?.TotalSeconds, view.Thought?.TotalSeconds, view.Speed];
        double?[] expected = [Number(row, "took"), Number(row, "firstWord"), Number(row, "thought"), Number(row, "speed")];
        Assert.That(told, Is.EqualTo(expected).Within(0.000001));
    }

    private static ToolCall Call(int number) => new()
    {
        Id = $"bbbbbbbbbbbbbbb{number}",
        MessageId = "aaaaaaaaaaaaaaaa",
        ConversationId = "cccccccccccccccc",
        OwnerId = "me",
        Number = number,
        Round = 1,
        At = 0,
        Name = "tool",
        Arguments = "{}",
        State = ToolState.Done,
    };

    [Test]
    public void An_answer_that_was_imported_does_not_tell_how_long_it_took()
    {
        var message = new Message
        {
            Id = "aaaaaaaaaaaaaaaa",
            ConversationId = "cccccccccccccccc",
            OwnerId = "me",
            Role = MessageRole.Assistant,
            Text = "Hello",
            CreatedAt = Begin,
            EndedAt = Begin,
            FinishReason = FinishReason.Completed,
        };

        Assert.That(MessageViews.Of([message], _ => [], name => name, _ => null).Took, Is.Null);
    }

    [TestCaseSource(nameof(Cases), new object[] { "versions", "versions" })]
    public void A_message_is_one_of_its_versions(JsonElement row)
    {
        var versions = Versions.Of(Text(row, "id")!, [.. row.GetProperty("ids").EnumerateArray().Select(id => id.GetString()!)]);

        Assert.That((versions.Number, versions.Count), Is.EqualTo(((int)Number(row, "number")!, (int)Number(row, "count")!)));
        Assert.That(
            (versions.Hidden, versions.HasPrevious, versions.HasNext),
            Is.EqualTo((Flag(row, "hidden"), Flag(row, "hasPrevious"), Flag(row, "hasNext"))));
    }

    [TestCaseSource(nameof(Cases), new object[] { "stacked-marks", "marks" })]
    public void A_letter_has_a_limited_number_of_marks(JsonElement row)
    {
        var run = string.Concat(Enumerable.Repeat(Text(row, "mark"), (int)Number(row, "count")!));
        var text = Text(row, "before") + run + Text(row, "after");
        using var written = new StringWriter();

        StackedMarks.Limit(text).WriteTo(written, HtmlEncoder.Create(UnicodeRanges.All));

        var parts = written.ToString().Split(["<span class=\"more-marks\"><span hidden=\"\">", "</span></span>"], default);
        var hidden = parts.Where((_, at) => at % 2 == 1).Sum(part => WebUtility.HtmlDecode(part).EnumerateRunes().Count());
        Assert.That(hidden, Is.EqualTo((int)Number(row, "hidden")!));
        Assert.That(WebUtility.HtmlDecode(string.Concat(parts)), Is.EqualTo(text), "all of it can be copied");
    }

    private static IEnumerable<TestCaseData> Cases(string table, string list) =>
        Table(table).GetProperty(list).EnumerateArray().Select(row => new TestCaseData(row).SetArgDisplayNames(row.GetRawText()));

    private static JsonElement Table(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Tests, "Mirrored", $"{name}.json"))).RootElement;

    private static string InSeconds => FigureTable.GetProperty("inSeconds").GetString()!;

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();

    private static double? Number(JsonElement row, string name) =>
        row.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    private static bool Flag(JsonElement row, string name) => row.GetProperty(name).GetBoolean();

    private static DateTimeOffset Time(JsonElement row, string name) => row.GetProperty(name).GetDateTimeOffset();

    private static DateTimeOffset? At(JsonElement row, string name) =>
        Number(row, name) is { } seconds ? Begin + TimeSpan.FromSeconds(seconds) : null;

    private static T OfWire<T>(string name) where T : struct, Enum =>
        (T)JsonSerializer.Deserialize($"\"{name}\"", WireJson.Wire.GetTypeInfo(typeof(T))!)!;
}
