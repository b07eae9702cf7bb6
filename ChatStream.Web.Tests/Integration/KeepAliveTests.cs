using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

internal sealed class KeepAliveTests : AppTest
{
    private readonly WatchedTime _time = new();

    protected override void Configure(ChatApp.Setup setup) => setup.Services = services =>
        services.AddSingleton<TimeProvider>(_time);

    [Test]
    public async Task A_comment_is_sent_after_15_seconds_of_silence()
    {
        var gate = new Gate();
        Answers("Wait", Script.HeadersOnly().Wait(gate).Text("done").Finish("stop").Done());
        await User.IdentifyAsync();
        var opened = _time.NextAsync(TimeSpan.FromSeconds(15), Token);
        using var connection = await RawConnection.GetAsync(User, "/chat/stream?message=Wait", Token);
        await connection.ReadUntilAsync(".1\n\n", Token);
        await opened;

        _time.Advance(TimeSpan.FromSeconds(15));

        // A chunk of three bytes, and nothing before it.
        Assert.That(await connection.ReadUntilAsync(":\n\n", Token), Does.EndWith("3\r\n:\n\n\r\n"));
        gate.Open();
        Assert.That(await connection.ReadUntilAsync("stopped", Token), Does.Not.Contain(":\n\n"));
    }
}
