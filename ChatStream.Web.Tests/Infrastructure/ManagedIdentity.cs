using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>The interface by which App Service and Container Apps give tokens to a process.</summary>
internal sealed class ManagedIdentity : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Resource, string Client)> _asked = new();

    private ManagedIdentity(WebApplication app) => _app = app;

    /// <summary>What tokens were asked for: the resource, and the client id or an empty text.</summary>
    public IReadOnlyCollection<(string Resource, string Client)> Asked => _asked;

    /// <summary>The variables of the process that has this identity.</summary>
    public IEnumerable<(string Key, string Value)> Variables =>
        [("IDENTITY_ENDPOINT", $"{_app.Urls.First()}/token"), ("IDENTITY_HEADER", "secret")];

    public static async Task<ManagedIdentity> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var identity = new ManagedIdentity(builder.Build());
        identity._app.MapGet("/token", identity.Answer);
        await identity._app.StartAsync();
        return identity;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Answer(HttpRequest request)
    {
        var resource = $"{request.Query["resource"]}";
        _asked.Enqueue((resource, $"{request.Query["client_id"]}"));
        return Results.Json(new
        {
            access_token = "the-token",
            expires_on = "4102444800",
            resource,
            token_type = "Bearer",
        });
    }
}
