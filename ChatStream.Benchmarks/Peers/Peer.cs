using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using OpenAI.Chat;

namespace ChatStream.Benchmarks.Peers;

/// <summary>What ChatStream is measured against. Each listens where ASPNETCORE_URLS says and answers <c>POST /chat/stream</c>.</summary>
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

    /// <summary>The typed SDK as its documentation shows it, with as many connections as there are streams.</summary>
    public static ChatClient TypedClient(Uri upstream) => new AzureOpenAIClient(upstream, new ApiKeyCredential("load"), new AzureOpenAIClientOptions
    {
        Transport = new HttpClientPipelineTransport(new HttpClient { Timeout = Timeout.InfiniteTimeSpan }),
    }).GetChatClient("load");
}
