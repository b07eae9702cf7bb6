using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The app signs in with the identity that Azure gives to its process.</summary>
[CancelAfter(60_000)]
internal sealed class ManagedIdentityTests
{
    private readonly string _data = Directory.CreateTempSubdirectory("chatstream-").FullName;

    [OneTimeTearDown]
    public void RemoveData() => Directory.Delete(_data, recursive: true);

    [Test]
    public async Task The_token_of_a_user_assigned_identity_is_asked_for_the_model_service_and_sent()
    {
        await using var identity = await ManagedIdentity.StartAsync();
        await using var emulator = await EmulatorServer.StartAsync();
        await using var app = await AppProcess.StartAsync(
            AppProcess.Built, _data,
            [
                ("AzureOpenAI:Endpoint", emulator.Endpoint.ToString()), ("AzureOpenAI:Deployment", "gpt-5-mini"),
                ("AzureOpenAI:ClientId", "0f1e2d3c-0000-0000-0000-000000000000"), ("Conversations:ModelTitles", "false"),
                .. identity.Variables,
            ]);
        using var user = app.NewUser();

        Assert.That((await user.AskAsync("Hello")).GetProperty("text").GetString(), Is.EqualTo("Hello"));
        Assert.That((await user.AskAsync("Again")).GetProperty("text").GetString(), Is.EqualTo("Again"));

        await app.LineAsync("is asked with a token of Entra ID from ManagedIdentity, for https://ai.azure.com/.default.");
        Assert.That(
            identity.Asked, Is.EqualTo(new[] { ("https://ai.azure.com", "0f1e2d3c-0000-0000-0000-000000000000") }), "once");
        Assert.That(
            emulator.Requests.Select(request => request.Headers["Authorization"]), Has.Exactly(2).EqualTo("Bearer the-token"));
    }
}
