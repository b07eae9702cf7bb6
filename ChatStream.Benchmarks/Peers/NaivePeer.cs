using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using OpenAI.Chat;

namespace ChatStream.Benchmarks.Peers;

/// <summary>The controller of the usual tutorial: it loops over the typed SDK, and writes and flushes each token.</summary>
internal static class NaivePeer
{
    public static WebApplication Build(WebApplicationBuilder builder, Uri upstream)
    {
        builder.Services.AddControllers();
        builder.Services.AddSingleton(Peer.TypedClient(upstream));
        var app = builder.Build();
        app.MapControllers();
        return app;
    }
}

[Route("chat/stream")]
public sealed class NaiveController(ChatClient client) : ControllerBase
{
    public sealed record Question(string Message);

    [HttpPost]
    public async Task Stream([FromBody] Question question)
    {
        Response.ContentType = "text/event-stream";
        await foreach (var update in client.CompleteChatStreamingAsync(new UserChatMessage(question.Message)))
        {
            foreach (var part in update.ContentUpdate)
            {
                await Response.WriteAsync($"data: {JsonSerializer.Serialize(new { text = part.Text })}\n\n");
                await Response.Body.FlushAsync();
            }
        }
        await Response.WriteAsync("event: stop\ndata: stopped\n\n");
    }
}
