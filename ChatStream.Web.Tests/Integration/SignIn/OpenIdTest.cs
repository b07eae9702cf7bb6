using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>The base of the tests in which a real OpenID Connect provider signs users in. One program has a key.</summary>
internal abstract class OpenIdTest : AppTest
{
    protected OpenIdProvider Provider { get; } = new(FreePort.Find());

    [OneTimeSetUp]
    public Task StartProviderAsync() => Provider.StartAsync(App.Address);

    [OneTimeTearDown]
    public async Task StopProviderAsync() => await Provider.DisposeAsync();

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["SignIn:Kind"] = "OpenIdConnect";
        setup.Settings["SignIn:Authority"] = Provider.Authority.ToString().TrimEnd('/');
        setup.Settings["SignIn:ClientId"] = "chatstream";
        setup.Settings["SignIn:ClientSecret"] = "a-secret-of-the-tests";
        setup.Settings["Api:Keys:0:Name"] = "job";
        setup.Settings["Api:Keys:0:Key"] = "a-key-of-the-tests";
    }
}
