using ChatStream.Web.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

internal static partial class Startup
{
    /// <summary>Runs the app. If its settings are wrong, it does not start, and logs one line for each wrong key.</summary>
    /// <returns>The process's exit code.</returns>
    public static int RunOrExplain(this WebApplication app)
    {
        try
        {
            app.Run();
            return 0;
        }
        catch (OptionsValidationException faults)
        {
            return Explain(app.Logger, faults.Failures);
        }
        catch (AggregateException faults) when (faults.InnerExceptions.All(fault => fault is OptionsValidationException))
        {
            return Explain(app.Logger, faults.InnerExceptions.SelectMany(fault => ((OptionsValidationException)fault).Failures));
        }
        catch (Exception fault) when (IsFaultOfSettings(fault))
        {
            return Explain(app.Logger, [fault.Message]);
        }
    }

    /// <summary>
    /// Whether the message alone tells the administrator what to change: the configuration binder's messages name the key, and
    /// the web server's the port that is in use.
    /// </summary>
    private static bool IsFaultOfSettings(Exception fault) =>
        fault is SettingsException or IOException { InnerException: AddressInUseException }
        || (fault is InvalidOperationException
            && fault.TargetSite?.DeclaringType?.Namespace == "Microsoft.Extensions.Configuration");

    private static int Explain(ILogger logger, IEnumerable<string> faults)
    {
        foreach (var fault in faults)
            Log.NotStarted(logger, fault);
        return 1;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Critical, Message = "ChatStream does not start: {Fault}")]
        public static partial void NotStarted(ILogger logger, string fault);
    }
}
