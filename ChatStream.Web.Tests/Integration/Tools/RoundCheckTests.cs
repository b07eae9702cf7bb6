using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools;

/// <summary>Between two rounds of an answer, a request that cannot succeed or is over a budget is not made.</summary>
internal sealed class RoundCheckTests : ToolTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Chat:ContextTokens"] = "1000";
        setup.Settings["Budgets:0:Name"] = "Tokens";
        setup.Settings["Budgets:0:Per"] = "Day";
        setup.Settings["Budgets:0:Hard"] = "20";
        setup.Settings["Budgets:0:Of"] = "Tokens";
    }

    [Test]
    public async Task A_result_that_leaves_no_room_ends_the_answer_without_a_further_request()
    {
        ModelCalls("Much", ("faulty_big", "{}"));

        await using var stream = await (await User.StreamAsync(Ask("Much"), Token)).ToEndAsync();

        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"failed"}"""));
        Assert.That(stream.Frames[^3].Json.GetProperty("code").GetString(), Is.EqualTo("context_length_exceeded"));
        Assert.That(Asked, Is.EqualTo(1));
        var call = (await User.FindAsync(stream.GenerationId)).GetProperty("tools")[0];
        Assert.That(call.GetProperty("state").GetString(), Is.EqualTo("done"), "its result is kept");
    }

    [Test]
    public async Task A_budget_that_is_used_up_meanwhile_ends_the_answer_without_a_further_request()
    {
        ModelCalls("Write", ("faulty_write", """{"words":"x"}"""));
        Model("Other", _ => Script.Start().Text("Done.").Finish("stop").Usage(20, 7).Done());
        await User.IdentifyAsync();
        await using var stream = await User.StreamAsync(Ask("Write"), Token);
        var callId = CallIdOf(await stream.UntilEventAsync("tool"));
        await using (await (await User.StreamAsync(Ask("Other"), Token)).ToEndAsync())
        {
        }

        using var decided = await DecideAsync(User, stream.GenerationId, callId, new { decision = "allow" });
        await stream.ToEndAsync();

        Assert.That(decided.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"failed"}"""));
        Assert.That(stream.Frames[^3].Json.GetProperty("code").GetString(), Is.EqualTo("quota_exhausted"));
        Assert.That(Asked, Is.EqualTo(2));
        Assert.That(Calls, Has.Count.EqualTo(1), "the call was allowed, and made");
    }
}
