using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>Starts that are one too many.</summary>
internal sealed class GoldenLimitTests : GoldenTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Limits:RunningPerUser"] = "1";
        setup.Settings["Limits:StartsPerMinute"] = "2";
    }

    [Test]
    public async Task Too_many_running()
    {
        using var stream = await StartStalledAsync();
        await RefuseAsync();
        await SendAsync("POST /chat/stream/{G1}/stop");
    }

    [Test]
    public async Task Too_many_starts()
    {
        await TalkAsync();
        await SendAsync("POST /chat/stream\n\n{\"message\":\"Hi\",\"conversationId\":\"{C1}\"}");
        await RefuseAsync();
    }

    private async Task RefuseAsync()
    {
        await SendAsync("POST /chat/stream\n\n{\"message\":\"Hi\"}");
        await SendAsync("POST /chat/stream\nAccept: application/json\n\n{\"message\":\"Hi\"}");
        await SendAsync("GET /chat/stream?message=Hi\nAccept: text/event-stream");
        await SendAsync("POST /chat\nContent-Type: application/x-www-form-urlencoded\n\nmessage=Hi");
    }
}
