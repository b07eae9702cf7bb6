using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>The app without any deployment.</summary>
internal sealed class GoldenDemoTests : GoldenTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        foreach (var key in new[] { "Endpoint", "Deployment", "ApiKey" })
            setup.Settings.Remove($"AzureOpenAI:{key}");
    }

    [TestCaseSource(nameof(Requests))]
    public Task Request(GoldenRequest request) => SendAsync(request);

    private static IEnumerable<TestCaseData> Requests() =>
    [
        Case("page", "GET /\nAccept: text/html"),
        Case("page in Chinese", "GET /\nAccept-Language: zh"),
        Case("models", "GET /models"),
    ];
}
