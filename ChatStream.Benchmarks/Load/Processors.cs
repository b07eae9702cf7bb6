using System.Diagnostics;
using System.Globalization;

namespace ChatStream.Benchmarks.Load;

/// <summary>The target has the first processor to itself, the load the second: neither takes time from the other.</summary>
internal static class Processors
{
    public const string OfTarget = "0";
    private const string OfLoad = "1";

    public static bool Two { get; } = Environment.ProcessorCount >= 2 || File.Exists("/sys/devices/system/cpu/cpu1/topology/core_id");

    /// <summary>All threads of this process, those that there are already too.</summary>
    public static void TakeOwn()
    {
        if (!Two)
            return;
        using var taskset = Process.Start(new ProcessStartInfo(
            "taskset", ["-a", "-c", "-p", OfLoad, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        taskset.WaitForExit();
        if (taskset.ExitCode != 0)
            throw new InvalidOperationException("taskset could not bind the load to a processor.");
    }
}
