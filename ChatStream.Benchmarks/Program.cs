using System.Reflection;
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
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
        return 0;
}
