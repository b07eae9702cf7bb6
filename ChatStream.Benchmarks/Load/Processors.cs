using System.Diagnostics;
using System.Globalization;

namespace ChatStream.Benchmarks.Load;

/// <summary>
/// Divides the processors. The load gets the one behind the target's, so that neither takes time from the other. If the machine
/// has none left, both share the target's, and the target runs at a lower priority: the load is seldom busy, and what it sends
/// late would be counted as the target's latency.
/// </summary>
internal static class Processors
{
    public const int Most = 2;

    /// <summary>How much the target's priority is lowered where it shares its processors with the load.</summary>
    private const string Niceness = "5";

    // A wrapper may have bound this process to one processor of several.
    private static bool Has(int processor) =>
        Environment.ProcessorCount > processor || File.Exists($"/sys/devices/system/cpu/cpu{processor}/topology/core_id");

    /// <exception cref="LoadException">The machine does not have so many.</exception>
    public static void Require(int ofTarget)
    {
        if (ofTarget > 1 && !Has(ofTarget - 1))
            throw new LoadException($"This machine does not have {ofTarget} processors.");
    }

    /// <summary>Binds all threads of this process, including those that run already.</summary>
    public static void TakeOwn(int ofTarget)
    {
        var own = Has(ofTarget) ? ofTarget.ToString(CultureInfo.InvariantCulture) : ListOf(ofTarget);
        var id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        using var taskset = Process.Start(
            new ProcessStartInfo("taskset", ["-a", "-c", "-p", own, id]) { RedirectStandardOutput = true })!;
        taskset.WaitForExit();
        if (taskset.ExitCode != 0)
            throw new InvalidOperationException("taskset could not bind the load to a processor.");
    }

    /// <summary>Starts a .NET assembly on the target's processors.</summary>
    public static ProcessStartInfo StartOf(int ofTarget, string assembly, params IEnumerable<string> arguments)
    {
        string[] nice = Has(ofTarget) ? [] : ["nice", "-n", Niceness];
        return new ProcessStartInfo("taskset", ["-c", ListOf(ofTarget), .. nice, "dotnet", assembly, .. arguments]);
    }

    /// <summary>Says for the report which processors the target had.</summary>
    public static string Describe(int ofTarget) =>
        $"The target had {(ofTarget == 1 ? "one processor" : $"{ofTarget} processors")}"
        + (Has(ofTarget) ? ", the load another." : "; the load ran on the same, at a higher priority.");

    private static string ListOf(int count) => string.Join(',', Enumerable.Range(0, count));
}
