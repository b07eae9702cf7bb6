using System.Globalization;
using ChatStream.Web.Contract;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace ChatStream.Web.Controllers;

/// <summary>The form that an answer has on the wire.</summary>
public enum AnswerShape
{
    EventStream,
    Json,
}

/// <summary>How a client wants the answer to its start, by <c>Prefer</c> (RFC 7240) and <c>Accept</c>.</summary>
[ModelBinder(typeof(AnswerPreference.Binder))]
public sealed record AnswerPreference
{
    /// <summary>The longest <c>wait</c> that is accepted. An answer never takes a day.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>Respond with 202 as soon as the generation is started, whatever <c>Accept</c> says.</summary>
    public bool RespondAsync { get; init; }

    /// <summary>Respond with 202 if the answer is not complete after this time. Null: wait for the end.</summary>
    public TimeSpan? Wait { get; init; }

    public AnswerShape Shape { get; init; }

    /// <summary>
    /// The one of SSE and JSON that the client gives more weight; SSE where both weigh the same or nothing is said.
    /// </summary>
    /// <exception cref="RefusedException">406.</exception>
    internal static AnswerShape ShapeOf(HttpRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Headers.Accept.ToString())) // an empty one says nothing
            return AnswerShape.EventStream;
        var accept = request.GetTypedHeaders().Accept;
        var (events, json) = (accept.WeightOf("text", "event-stream"), accept.WeightOf("application", "json"));
        if (events == 0 && json == 0)
            throw new RefusedException(406, "Accept", "The answer can be text/event-stream or application/json.");
        return events >= json ? AnswerShape.EventStream : AnswerShape.Json;
    }

    /// <exception cref="RefusedException">400: <c>Prefer</c> cannot be read; 406: no form of an answer is accepted.</exception>
    private static AnswerPreference Of(HttpRequest request)
    {
        var (respondAsync, wait) = (false, (TimeSpan?)null);
        foreach (var preference in request.Headers.GetCommaSeparatedValues("Prefer"))
        {
            // Blanks may stand around the sign, and the value between quotes.
            string[] parts = preference.Split(';')[0].Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts[0].Equals("respond-async", StringComparison.OrdinalIgnoreCase))
                respondAsync = true;
            else if (parts[0].Equals("wait", StringComparison.OrdinalIgnoreCase))
                wait ??= Seconds(parts.Length > 1 ? parts[1].Trim('"', ' ') : "");
        }
        return new AnswerPreference
        {
            RespondAsync = respondAsync,
            Wait = wait,
            Shape = respondAsync ? AnswerShape.Json : ShapeOf(request),
        };
    }

    private static TimeSpan Seconds(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= LongestWait.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new RefusedException(400, "Prefer", "wait takes whole seconds, at most a day of them.");

    internal sealed class Binder : IModelBinder
    {
        public Task BindModelAsync(ModelBindingContext bindingContext)
        {
            bindingContext.Result = ModelBindingResult.Success(Of(bindingContext.HttpContext.Request));
            return Task.CompletedTask;
        }
    }
}
