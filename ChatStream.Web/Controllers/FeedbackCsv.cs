using System.Text;
using ChatStream.Web.Contract;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Feedback as a table (RFC 4180). A value that a program would read as a formula begins with an apostrophe.
/// </summary>
internal static class FeedbackCsv
{
    /// <summary>What begins a formula, also in its full width.</summary>
    private const string Signs = "=+-@|%\uff1d\uff0b\uff0d\uff20";

    private const string Head = "at,model,deployment,rating,reason,comment\r\n";

    public static IActionResult Of(IEnumerable<FeedbackEntry> entries)
    {
        var table = new StringBuilder(Head);
        foreach (var entry in entries)
        {
            table.Append(entry.At.ToString("O")).Append(',').Append(Value(entry.Model)).Append(',')
                .Append(Value(entry.Deployment)).Append(',').Append(FeedbackReasons.NameOf(entry.Rating)).Append(',')
                .Append(entry.Reason is { } reason ? FeedbackReasons.NameOf(reason) : "").Append(',')
                .Append(Value(entry.Comment)).Append("\r\n");
        }
        // With its mark, so that Excel takes it for UTF-8.
        return new FileContentResult(
            [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(table.ToString())], "text/csv; charset=utf-8")
        {
            FileDownloadName = "feedback.csv",
        };
    }

    /// <summary>A value of a table that no program runs.</summary>
    public static string Value(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        // Programs skip spaces, and take the fullwidth signs for the others.
        var first = text.AsSpan().TrimStart();
        var isFormula = text[0] is '\t' or '\r' or '\n'
            || (first.Length > 0 && Signs.Contains(first[0], StringComparison.Ordinal));
        return $"\"{(isFormula ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
