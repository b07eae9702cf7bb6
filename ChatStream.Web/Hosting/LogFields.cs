using System.Diagnostics;

namespace ChatStream.Web.Hosting;

/// <summary>Fields that <c>nlog.config</c> adds to each log line.</summary>
internal static class LogFields
{
    public static string TraceId => Activity.Current?.TraceId.ToString() ?? "";

    /// <summary>The generation of the current activity or of the nearest one around it; empty if there is none.</summary>
    public static string GenerationId
    {
        get
        {
            for (var activity = Activity.Current; activity is not null; activity = activity.Parent)
            {
                if (activity.GetTagItem("chatstream.generation.id") is string id)
                    return id;
            }
            return "";
        }
    }
}
