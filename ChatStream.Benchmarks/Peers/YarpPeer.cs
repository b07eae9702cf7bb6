using Yarp.ReverseProxy.Configuration;

namespace ChatStream.Benchmarks.Peers;

/// <summary>YARP, which passes the bytes of the upstream on. A server in between cannot do less.</summary>
internal static class YarpPeer
{
    public static WebApplication Build(WebApplicationBuilder builder, Uri upstream)
    {
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "upstream", Match = new RouteMatch { Path = "{**path}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = "upstream",
                    Destinations = new Dictionary<string, DestinationConfig>
                    {
                        ["one"] = new() { Address = upstream.ToString() },
                    },
                },
            ]);
        var app = builder.Build();
        app.MapReverseProxy();
        return app;
    }
}
