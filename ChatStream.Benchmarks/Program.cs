using System.Reflection;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using ChatStream.Benchmarks.Load;
using ChatStream.Benchmarks.Peers;

switch (args)
{
    case ["load", .. var options]:
        return await LoadCommand.RunAsync(options);
    case ["peer", var name, var upstream]:
        await Peer.RunAsync(name, new Uri(upstream));
        return 0;
    default:
        var results = Path.Combine(Repository.Root, "artifacts", "parts");
        var config = DefaultConfig.Instance.WithArtifactsPath(results);
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args, config);
        return 0;
}
