using System.Diagnostics;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.EventSource;

/// <summary>
/// Clients of other makers read answers, some straight and some through connections that are cut at random bytes. Each client
/// has a key for its identity and one for each start.
/// </summary>
internal sealed class ClientTests : AppTest
{
    private const string Key = "a-key-of-32-characters-for-a-test";
    private const int Seed = 5;

    private static readonly (int Straight, int Cut, int MostCuts) Amount = Soak.IsOn ? (20, 20, 7) : (2, 4, 3);

    private readonly Dictionary<string, object> _figures = [];

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Api:Keys:0:Name"] = "tests";
        setup.Settings["Api:Keys:0:Key"] = Key;
    }

    [OneTimeTearDown]
    public void Report() => Soak.Report("clients", _figures);

    [TestCaseSource(typeof(TestedClient), nameof(TestedClient.All))]
    [CancelAfter(300_000)]
    public async Task Each_token_arrives_once_and_each_answer_is_bought_once(TestedClient client, CancellationToken timeout)
    {
        var answers = AnswersFor(client);
        foreach (var answer in answers)
            Answers(answer.Message, answer.Script);
        var cuts = new RandomCuts(Seed, Amount.MostCuts, answers);
        await using var proxy = FaultProxy.Start(App.Address, cuts.Choose);
        var watch = Stopwatch.StartNew();

        var received = await client.Reader.ReadAsync(proxy.Address, Key, [.. answers.Select(answer => answer.Path)], timeout);

        var each = answers.Select(answer => (Answer: answer, Tokens: NumberedAnswer.In(TextOf(answer, received)))).ToList();
        var lost = each.SelectMany(one => one.Answer.Tokens.Except(one.Tokens)).ToList();
        var doubled = each.Sum(one => one.Tokens.Count - one.Tokens.Distinct().Count());
        var cut = proxy.Exchanges.Where(exchange => exchange.Cut.IsCompletedSuccessfully).ToList();
        _figures[client.Name] = new
        {
            answers = answers.Count,
            tokens = answers.Sum(answer => answer.Tokens.Count),
            cuts = cut.Count,
            cutAfterTheIdLine = cut.Count(exchange => RandomCuts.HalfReceived(exchange) is not null),
            exact = each.Count(one => one.Tokens.SequenceEqual(one.Answer.Tokens)),
            lost = lost.Count,
            doubled,
            starts = Asked,
            seconds = Math.Round(watch.Elapsed.TotalSeconds, 1),
        };
        Assert.That(received.Select(one => one.Fault), Is.All.Null);
        Assert.That(doubled, Is.Zero, "doubled");
        Assert.That(Asked, Is.EqualTo(answers.Count), "one upstream request for each answer");
        Assert.That(cut, Has.Count.AtLeast(Amount.Cut), "the proxy did its work");
        Assert.That(lost, Has.Count.AtMost(client.MayLose), $"lost; {client.Because ?? "it has no defect that explains it"}");
        if (client.MayLose > 0)
            Assert.That(lost, Is.SubsetOf(await HalfReceivedAsync(cuts, cut, timeout)), client.Because);
        else
            Assert.That(received.Select(one => one.Finish), Is.All.EqualTo("""{"reason":"completed"}"""));
    }

    [Test]
    public void The_document_has_the_same_table()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "clients.md"));
        var rows = lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split(" | "));

        foreach (var client in TestedClient.All)
        {
            var row = rows.FirstOrDefault(row => row[0] == $"| {client.Name}");
            Assert.That(row, Is.Not.Null, client.Name);
            Assert.That(row![1], Is.EqualTo(client.MayLose == 0 ? "0" : $"≤ {client.MayLose}"), client.Name);
        }
    }

    private static List<NumberedAnswer> AnswersFor(TestedClient client)
    {
        var first = 100 * (1 + Array.IndexOf(TestedClient.All, client));
        return [
            .. Enumerable.Range(0, Amount.Straight + Amount.Cut)
            .Select(n => new NumberedAnswer(first + n, IsCut: n >= Amount.Straight))];
    }

    private static string TextOf(NumberedAnswer answer, IReadOnlyList<Received> received) =>
        received.Single(one => one.Path == answer.Path).Text;

    // A repeat of the start shows the answer from its first frame.
    private async Task<IReadOnlyList<string>> HalfReceivedAsync(
        RandomCuts cuts, IReadOnlyList<Exchange> cut, CancellationToken timeout)
    {
        var tokens = new List<string>();
        User.Http.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        foreach (var exchange in cut)
        {
            if (RandomCuts.HalfReceived(exchange) is not { } id)
                continue;
            var repeat = new HttpRequestMessage(HttpMethod.Get, cuts.AnswerOf(exchange)!.Path);
            await using var stream = await (await User.StreamAsync(repeat, timeout)).ToEndAsync();
            tokens.AddRange(NumberedAnswer.In(stream.Frames.First(frame => frame.Id == id) is { Event: "message" } frame
                ? frame.Text! : ""));
        }
        return tokens;
    }
}
