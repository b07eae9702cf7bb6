using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ChatStream.Web.Hosting;

/// <summary>Fields that <c>nlog.config</c> adds to each log line.</summary>
internal static class LogFields
{
    public static string TraceId => Activity.Current?.TraceId.ToString() ?? "";

    /// <summary>
    /// A text in which nothing can begin a line or steer a terminal: control characters are written as their numbers. A line may
    /// hold what a client or a model service has sent.
    /// </summary>
    public static string Escape(string text)
    {
        if (!text.Any(IsUnsafe))
            return text;
        var safe = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (IsUnsafe(c))
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                safe.Append(c);
        }
        return safe.ToString();
    }

    /// <summary>An exception and those behind it, each on a new line with its stack below; empty if there is none.</summary>
    public static string Of(Exception? fault)
    {
        var lines = new StringBuilder();
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            lines.Append(cause == fault ? "\n" : "\n ---> ").Append(cause.GetType()).Append(": ").Append(Escape(cause.Message));
            if (cause.StackTrace is { } stack)
                lines.Append('\n').Append(stack);
        }
        return lines.ToString();
    }

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

    // Besides the control characters, those that end a line or turn the direction of writing.
    private static bool IsUnsafe(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
