using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A model gets another name in the settings.</summary>
internal sealed class RenamedModelTests : AppTest
{
    private ChatApp.Setup _setup = null!;

    protected override void Configure(ChatApp.Setup setup)
    {
        _setup = setup;
        setup.Settings["Models:0:Name"] = "before";
        setup.Settings["Models:0:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString();
        setup.Settings["Models:0:Deployments:0:Deployment"] = "gpt-4o-mini";
        setup.Settings["Models:0:Deployments:0:ApiKey"] = "emulator-key";
    }

    [Test]
    public async Task A_repeat_still_gets_its_answer()
    {
        var first = (await User.JsonAsync(Start("one"))).Body;
        _setup.Settings["Models:0:Name"] = "after";
        await RestartAsync();

        var (repeat, again) = await User.JsonAsync(Start("one"));
        var (refused, problem) = await User.JsonAsync(Start("two"));

        Assert.That(((int)repeat.StatusCode, again.GetRawText()), Is.EqualTo((200, first.GetRawText())));
        Assert.That(((int)refused.StatusCode, problem.GetProperty("code").GetString()), Is.EqualTo((400, "unknown_model")));
        Assert.That(Asked, Is.EqualTo(1));
    }

    private static HttpRequestMessage Start(string key) =>
        ChatClient.Post(new { message = "Hi", model = "before" }, accept: "application/json", idempotencyKey: key);
}
