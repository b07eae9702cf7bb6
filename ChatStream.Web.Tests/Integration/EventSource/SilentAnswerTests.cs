using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.EventSource;

/// <summary>An answer that is silent for a while sends comments. They are no events, and end no client.</summary>
internal sealed class SilentAnswerTests : AppTest
{
    private const string Key = "a-key-of-32-characters-for-a-test";

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Api:Keys:0:Name"] = "tests";
        setup.Settings["Api:Keys:0:Key"] = Key;
        setup.Settings["Streaming:KeepAlive"] = "00:00:01"; // the clients run on the system's clock
    }

    [TestCaseSource(typeof(TestedClient), nameof(TestedClient.All))]
    public async Task A_comment_is_no_part_of_the_answer(TestedClient client)
    {
        var answer = new NumberedAnswer(Array.IndexOf(TestedClient.All, client), IsCut: false);
        var gate = new Gate();
        Answers(answer.Message, answer.SilentUntil(gate));
        await using var proxy = FaultProxy.Start(App.Address);

        var reading = client.Reader.ReadAsync(proxy.Address, Key, [answer.Path], Token);
        await AskedAsync();
        await proxy.Exchanges.Single(IsStart).PassedAsync(":\n\n").WaitAsync(Token);
        gate.Open();
        var received = (await reading).Single();

        Assert.That(received.Fault, Is.Null);
        Assert.That(NumberedAnswer.In(received.Text), Is.EqualTo(answer.Tokens));
        Assert.That(received.Finish, Is.EqualTo("""{"reason":"completed"}"""));
        Assert.That(proxy.Exchanges.Count(IsStart), Is.EqualTo(1), "it had no reason to connect again");
    }

    private static bool IsStart(Exchange exchange) => exchange.RequestLine.Contains("/chat/stream", StringComparison.Ordinal);
}
