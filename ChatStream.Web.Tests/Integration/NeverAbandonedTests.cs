using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

internal sealed class NeverAbandonedTests : AppTest
{
    private readonly WatchedTime _time = new();

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Generation:AbandonAfter"] = "";
        setup.Settings["ModelTimeouts:BetweenBytes"] = "01:00:00";
        setup.Settings["ModelTimeouts:FirstByte"] = "01:00:00";
        setup.Services = services => services.AddSingleton<TimeProvider>(_time);
        setup.Settings["ModelTimeouts:Total"] = "1.00:00:00";
    }

    [Test]
    public async Task With_an_empty_setting_an_unread_answer_is_never_abandoned()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("a").Wait(gate).Text("b").Finish("stop").Done());
        var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("a");
        await stream.CutAsync();

        _time.Advance(TimeSpan.FromMinutes(59));
        gate.Open();

        Assert.That((await (await AskedAsync()).Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.Completed));
        await using var again = await (await User.AttachAsync(stream.GenerationId)).ToEndAsync();
        Assert.That(again.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
    }
}
