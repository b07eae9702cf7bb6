using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using OpenAI.Chat;

namespace ChatStream.Benchmarks.Peers;

/// <summary>The servers that ChatStream is compared with. They listen on ASPNETCORE_URLS for <c>POST /chat/stream</c>.</summary>
internal static class Peer
{
    public const string Yarp = "YARP";
    public const string Naive = "naive";
    public const string TypedResult = "typed";

    public static readonly IReadOnlyList<string> All = [Yarp, Naive, TypedResult];

    public static Task RunAsync(string name, Uri upstream)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var run = name switch
        {
            Yarp => YarpPeer.Build(builder, upstream),
            Naive => NaivePeer.Build(builder, upstream),
            TypedResult => TypedResultPeer.Build(builder, upstream),
            _ => throw new ArgumentException($"There is no peer '{name}'.", nameof(name)),
        };
        return run.RunAsync();
    }

    /// <summary>The typed SDK as in its documentation, with one connection for each stream.</summary>
    public static ChatClient TypedClient(Uri upstream)
    {
        var transport = new HttpClientPipelineTransport(new HttpClient { Timeout = Timeout.InfiniteTimeSpan });
        var options = new AzureOpenAIClientOptions { Transport = transport };
        return new AzureOpenAIClient(upstream, new ApiKeyCredential("load"), options).GetChatClient("load");
    }
}
