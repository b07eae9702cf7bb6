using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The clock of the app stands still, so no timer fires.</summary>
internal sealed class StopWithoutTimersTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup) =>
        setup.Services = services => services.AddSingleton<TimeProvider>(new WatchedTime());

    [Test]
    public async Task Stop_reaches_the_model_without_waiting_for_a_timer()
    {
        Answers("Hi", Script.Start().Text("a").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("a");

        using var stopped = await User.StopAsync(stream.GenerationId);

        Assert.That((await (await AskedAsync()).Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        await stream.ToEndAsync();
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
    }
}
