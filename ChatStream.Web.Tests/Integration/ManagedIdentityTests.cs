using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
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
        List<(string Resource, string Client)> asked = [];
        await using var identity = await StartIdentityAsync((resource, client) => asked.Add((resource, client)));
        await using var emulator = await EmulatorServer.StartAsync();
        await using var app = await AppProcess.StartAsync(
            AppProcess.Built, _data, ("AzureOpenAI:Endpoint", emulator.Endpoint.ToString()),
            ("AzureOpenAI:Deployment", "gpt-5-mini"), ("AzureOpenAI:ClientId", "0f1e2d3c-0000-0000-0000-000000000000"),
            ("Conversations:ModelTitles", "false"),
            ("IDENTITY_ENDPOINT", $"{identity.Urls.First()}/token"), ("IDENTITY_HEADER", "secret"));
        using var user = app.NewUser();

        Assert.That((await user.AskAsync("Hello")).GetProperty("text").GetString(), Is.EqualTo("Hello"));
        Assert.That((await user.AskAsync("Again")).GetProperty("text").GetString(), Is.EqualTo("Again"));

        await app.LineAsync("is asked with a token of Entra ID from ManagedIdentity, for https://ai.azure.com/.default.");
        Assert.That(asked, Is.EqualTo(new[] { ("https://ai.azure.com", "0f1e2d3c-0000-0000-0000-000000000000") }), "once");
        Assert.That(
            emulator.Requests.Select(request => request.Headers["Authorization"]), Has.Exactly(2).EqualTo("Bearer the-token"));
    }

    // The interface that App Service and Container Apps give to a process.
    private static async Task<WebApplication> StartIdentityAsync(Action<string, string> onAsked)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/token", (HttpRequest request) =>
        {
            onAsked($"{request.Query["resource"]}", $"{request.Query["client_id"]}");
            return Results.Json(new
            {
                access_token = "the-token",
                expires_on = "4102444800",
                resource = "https://ai.azure.com",
                token_type = "Bearer",
            });
        });
        await app.StartAsync();
        return app;
    }
}
