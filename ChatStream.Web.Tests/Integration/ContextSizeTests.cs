using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary><c>Chat:ContextTokens</c> = <c>auto</c>: as much as the model can read, less what is kept for the answer.</summary>
internal sealed class ContextSizeTests : AppTest
{
    private static readonly Dictionary<string, int?> Sizes = new() { ["small"] = 4_096, ["large"] = 400_000, ["unknown"] = null };

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Chat:ContextTokens"] = "Auto";
        foreach (var (i, (name, size)) in Sizes.Index())
        {
            setup.Settings[$"Models:{i}:Name"] = name;
            if (size is not null)
                setup.Settings[$"Models:{i}:ContextTokens"] = $"{size}";
            setup.Settings[$"Models:{i}:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString();
            setup.Settings[$"Models:{i}:Deployments:0:Deployment"] = name;
            setup.Settings[$"Models:{i}:Deployments:0:ApiKey"] = "emulator-key";
        }
    }

    [TestCase("small", 3_072, 4_000)]
    [TestCase("unknown", 32_000, 40_000)]
    [TestCase(null, 32_000, 40_000)]
    [TestCase("large", 368_000, null)]
    public async Task As_many_tokens_fit_as_the_model_leaves(string? model, int most, int? words)
    {
        // Beyond twice what fits nothing is counted, and no body of a message is large enough for the largest model.
        var message = string.Concat(Enumerable.Repeat("word ", words ?? 100_000));
        var (response, body) = await User.JsonAsync(ChatClient.Post(new { message, model }, "application/json"));

        if (words is null)
        {
            Assert.That((int)response.StatusCode, Is.EqualTo(200));
            return;
        }
        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(body.GetProperty("code").GetString(), Is.EqualTo("message_too_long"));
        Assert.That(body.GetProperty("numbers")[1].GetInt32(), Is.EqualTo(most));
    }
}
