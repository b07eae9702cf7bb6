using System.Runtime.CompilerServices;
using OpenAI.Chat;

namespace ChatStream.Benchmarks.Peers;

/// <summary>.NET's own result for Server-Sent Events, over the typed SDK.</summary>
internal static class TypedResultPeer
{
    public sealed record Question(string Message);

    public sealed record Delta(string Text);

    public static WebApplication Build(WebApplicationBuilder builder, Uri upstream)
    {
        builder.Services.AddSingleton(Peer.TypedClient(upstream));
        var app = builder.Build();
        app.MapPost("/chat/stream", (Question question, ChatClient client, CancellationToken aborted) =>
            TypedResults.ServerSentEvents(AnswerAsync(client, question.Message, aborted)));
        return app;
    }

    private static async IAsyncEnumerable<Delta> AnswerAsync(
        ChatClient client, string message, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var updates = client.CompleteChatStreamingAsync([new UserChatMessage(message)], cancellationToken: cancellationToken);
        await foreach (var update in updates)
        {
            foreach (var part in update.ContentUpdate)
                yield return new Delta(part.Text);
        }
    }
}
