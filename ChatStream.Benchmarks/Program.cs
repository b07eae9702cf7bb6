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
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args, DefaultConfig.Instance.WithArtifactsPath(Path.Combine(Repository.Root, "artifacts", "parts")));
        return 0;
}
