using System.Net;
using System.Net.Sockets;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>Clients that keep no cookie.</summary>
internal static class Visitor
{
    /// <param name="app">Where the app is.</param>
    /// <param name="from">The loopback address that the app sees as the client's.</param>
    public static HttpClient From(Uri app, string from = "127.0.0.1") => new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        ResponseDrainTimeout = TimeSpan.Zero,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    { BaseAddress = app };

    /// <summary>Starts an answer in the background.</summary>
    /// <returns>The status, and the code of the problem, if it is one.</returns>
    public static async Task<(int Status, string? Code)> StartAsync(
        HttpClient visitor, string message, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var request = ChatClient.Post(new { message }, accept: "application/json");
        request.Headers.Add("Prefer", "respond-async");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var response = await visitor.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        using var json = System.Text.Json.JsonDocument.Parse(body);
        return ((int)response.StatusCode, json.RootElement.TryGetProperty("code", out var code) ? code.GetString() : null);
    }
}
