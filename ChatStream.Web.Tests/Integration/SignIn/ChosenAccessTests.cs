using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>Where others can reach the app, somebody must have said that they may use it.</summary>
[CancelAfter(60_000)]
internal sealed class ChosenAccessTests
{
    private string _folder;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("chatstream-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("ASPNETCORE_URLS", "http://*:0", "http://*:0")]
    [TestCase("ASPNETCORE_URLS", "http://127.0.0.1:0;http://0.0.0.0:0", "http://0.0.0.0:0")]
    [TestCase("ASPNETCORE_HTTP_PORTS", "0", "http://*:0")]
    [TestCase("Kestrel__Endpoints__Open__Url", "http://[::]:0", "http://[::]:0")]
    public async Task It_does_not_start_and_says_how(string key, string value, string address)
    {
        await using var process = AppProcess.Launch(AppProcess.Built, _folder, ("ASPNETCORE_URLS", ""), (key, value));

        Assert.That(await process.Exited, Is.EqualTo(1));
        Assert.That(process.Output, Does.Contain(
            $"ChatStream does not start: SignIn:Kind is not set, and others can reach {address}. Set it to OpenIdConnect or "
            + "Header, or to Browser"));
    }

    [TestCase("http://127.0.0.1:0", "")]
    [TestCase("http://127.0.0.1:0;http://[::1]:0", "")]
    [TestCase("http://*:0", "Browser")]
    public async Task It_starts_where_nobody_else_reaches_it_or_somebody_has_chosen(string urls, string kind)
    {
        await using var process = AppProcess.Launch(
            AppProcess.Built, _folder, ("ASPNETCORE_URLS", urls), ("SignIn__Kind", kind));

        await process.LineAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
    }
}
