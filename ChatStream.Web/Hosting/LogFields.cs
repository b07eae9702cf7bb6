using System.Diagnostics;

namespace ChatStream.Web.Hosting;

/// <summary>What each log line bears besides its text; <c>nlog.config</c> lays it out.</summary>
internal static class LogFields
{
    public static string TraceId => Activity.Current?.TraceId.ToString() ?? "";

    /// <summary>The generation that the current activity, or one around it, is about.</summary>
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
