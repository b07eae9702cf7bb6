using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The app is not ready while the keys of its cookies cannot be used.</summary>
internal sealed class KeysTests : AppTest
{
    private readonly WatchedTime _time = new();
    private string _keys = "";

    protected override void Configure(ChatApp.Setup setup)
    {
        _keys = Path.Combine(setup.DataFolder, "keys");
        setup.Services = services => services.AddSingleton<TimeProvider>(_time);
    }

    [Test]
    public async Task Keys_that_cannot_be_written_are_reported_until_they_can()
    {
        await User.IdentifyAsync();
        Assert.That(await ReadyAsync(), Is.EqualTo((200, "Healthy")));
        Directory.Move(_keys, _keys + ".away");
        await File.WriteAllTextAsync(_keys, "", Token);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.That(
            await ReadyAsync(),
            Is.EqualTo((503, "Unhealthy\nThe keys of the cookies, in the folder 'keys' of Data:Path, cannot be written.")));
        File.Delete(_keys);
        Directory.Move(_keys + ".away", _keys);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await ReadyAsync(), Is.EqualTo((200, "Healthy")));
        Assert.That(Directory.GetFiles(_keys), Has.All.EndsWith(".xml"), "it leaves nothing behind");
    }

    private async Task<(int Status, string Text)> ReadyAsync()
    {
        using var response = await User.Http.GetAsync("/health/ready", Token);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
