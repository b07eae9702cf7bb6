using ChatStream.Emulator.Background;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Background;

/// <summary>The base of the tests over a deployment that makes its answers in the background.</summary>
internal abstract class BackgroundTest : AppTest
{
    /// <summary>Those of a deployment for which the service makes answers in the background.</summary>
    public static readonly (string Key, string Value)[] Settings =
    [
        ("AzureOpenAI:Deployment", "gpt-5-mini"), ("AzureOpenAI:Api", "responses"), ("AzureOpenAI:Background", "true"),
    ];

    /// <summary>The response that the last request created.</summary>
    protected BackgroundResponse Made => Emulator.Background[^1];

    protected override void Configure(ChatApp.Setup setup)
    {
        foreach (var (key, value) in Settings)
            setup.Settings[key] = value;
    }
}
