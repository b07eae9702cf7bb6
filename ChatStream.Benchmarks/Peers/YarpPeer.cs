using Yarp.ReverseProxy.Configuration;

namespace ChatStream.Benchmarks.Peers;

/// <summary>YARP passes the upstream's bytes through: the least that a server in between can do.</summary>
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
                    Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = upstream.ToString() } },
                },
            ]);
        var app = builder.Build();
        app.MapReverseProxy();
        return app;
    }
}
