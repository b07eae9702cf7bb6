using NUnit.Framework;
using static ChatStream.Web.Tests.Providers.ChatCompletions.AzureStream;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>The figures of an answer, in whichever form a service sends them.</summary>
[CancelAfter(20_000)]
internal sealed class UsageReadingTests
{
    private const string Twelve = "usage 12+7=19 reasoning 3 cached 5";

    [TestCase("""{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"""
        + """ "completion_tokens_details":{"reasoning_tokens":3},"prompt_tokens_details":{"cached_tokens":5}}""", Twelve)]
    [TestCase("""{"input_tokens":12,"output_tokens":7,"total_tokens":19,"""
        + """ "output_tokens_details":{"reasoning_tokens":3},"input_tokens_details":{"cached_tokens":5}}""", Twelve)]
    [TestCase("""{"prompt_tokens":"12","completion_tokens":"7","total_tokens":"19","""
        + """ "completion_tokens_details":{"reasoning_tokens":"3"},"prompt_cache_hit_tokens":"5"}""", Twelve)]
    [TestCase("""{"prompt_tokens":12.0,"completion_tokens":7.0,"total_tokens":1.9e1,"""
        + """ "completion_tokens_details":{"reasoning_tokens":3.0},"prompt_tokens_details":{"cached_tokens":5.0}}""", Twelve)]
    [TestCase("""{"prompt_tokens":12,"input_tokens":null,"completion_tokens":7,"output_tokens":null,"total_tokens":19,"""
        + """ "completion_tokens_details":{"reasoning_tokens":3},"output_tokens_details":null,"""
        + """ "prompt_tokens_details":{"cached_tokens":5},"prompt_cache_hit_tokens":null}""", Twelve)]
    [TestCase("""{"prompt_tokens":12,"completion_tokens":7,"total_tokens":null,"prompt_tokens_details":null}""",
        "usage 12+7= reasoning  cached ")]
    [TestCase("""{"prompt_tokens":-1,"completion_tokens":7,"total_tokens":"many","prompt_tokens_details":[]}""",
        "usage +7= reasoning  cached ")]
    [TestCase("""{"prompt_tokens":123456789012345678901234567890,"completion_tokens":7.5,"total_tokens":1e300}""", null)]
    [TestCase("{}", null)]
    [TestCase("null", null)]
    [TestCase("[12]", null)]
    [TestCase("""{"prompt_tokens":null,"completion_tokens":null,"total_tokens":null}""", null)]
    public async Task They_are_understood_where_they_say_something(string usage, string? update)
    {
        var stream = Data("Hi") + Finish() + $"data: {{\"choices\":[],\"usage\":{usage}}}\n\n" + Done;

        Assert.That(await UsagesAsync(stream), Is.EqualTo(update is null ? [] : new[] { update }));
    }

    [Test]
    public async Task They_may_stand_in_the_choice() => Assert.That(
        await UsagesAsync(Data("Hi") + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\",\"usage\":"
            + "{\"prompt_tokens\":12,\"completion_tokens\":7,\"total_tokens\":19}}]}\n\n" + Done),
        Is.EqualTo(new[] { "usage 12+7=19 reasoning  cached , finish stop" }));

    [Test]
    public async Task Those_of_another_choice_are_not_read() => Assert.That(
        await UsagesAsync(Data("Hi") + "data: {\"choices\":[{\"index\":1,\"delta\":{},\"usage\":{\"prompt_tokens\":12}}]}\n\n"
            + Finish() + Done),
        Is.Empty);

    private static async Task<IEnumerable<string>> UsagesAsync(string stream) =>
        (await TestModel.Behind(ScriptedService.Streaming(stream)).UpdatesAsync())
            .Where(update => update.StartsWith("usage", StringComparison.Ordinal));
}
