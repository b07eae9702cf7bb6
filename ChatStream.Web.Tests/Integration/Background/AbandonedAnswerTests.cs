using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Background;

/// <summary>An answer ends with its last reader, where the settings say so.</summary>
internal sealed class AbandonedAnswerTests : BackgroundTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Generation:AbandonAfter"] = "00:00:00";
    }

    [Test]
    public async Task An_abandoned_answer_is_cancelled_at_the_service()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");

        await stream.CutAsync();

        await Made.Cancelled.WaitAsync(Token);
    }
}
