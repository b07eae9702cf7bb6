using NLog;
using NLog.Config;
using NLog.Targets;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>
/// Everything that the app would write to its console, with the rules and the layout of its own <c>nlog.config</c>.
/// NLog has one configuration per process, so a fixture that uses this class must be <c>[NonParallelizable]</c>.
/// </summary>
internal sealed class CapturedLog : IDisposable
{
    private readonly LoggingConfiguration? _before = LogManager.Configuration;
    private readonly MemoryTarget _target;

    /// <param name="moreRules">Rules before those of the file, as XML.</param>
    public CapturedLog(string moreRules = "")
    {
        var file = Path.Combine(AppContext.BaseDirectory, "nlog.config");
        var xml = File.ReadAllText(file)
            .Replace("ColoredConsole", "Memory", StringComparison.Ordinal)
            .Replace("<targets async=\"true\">", "<targets>", StringComparison.Ordinal)
            .Replace("<rules>", $"<rules>{moreRules}", StringComparison.Ordinal);
        var configuration = XmlLoggingConfiguration.CreateFromXmlString(xml);
        _target = configuration.AllTargets.OfType<MemoryTarget>().Single();
        LogManager.Configuration = configuration;
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            LogManager.Flush();
            return [.. _target.Logs];
        }
    }

    public void Dispose() => LogManager.Configuration = _before;
}
