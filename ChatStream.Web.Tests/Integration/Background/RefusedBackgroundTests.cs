using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Background;

/// <summary>A service that does not know background mode is asked without it.</summary>
internal sealed class RefusedBackgroundTests : BackgroundTest
{
    [Test]
    public async Task What_it_refuses_is_left_out_from_then_on()
    {
        Emulator.On(request => request.IsBackground ? AzureErrors.UnknownParameter("background") : null);

        var first = await User.AskAsync("one");
        var second = await User.AskAsync("two");

        Assert.That(
            (first.GetProperty("text").GetString(), second.GetProperty("text").GetString()), Is.EqualTo(("one", "two")));
        Assert.That(Asked, Is.EqualTo(3), "refused once");
        Assert.That((await AskedAsync(2)).Body, Does.Contain("\"store\":false").And.Not.Contain("background"));
    }
}
