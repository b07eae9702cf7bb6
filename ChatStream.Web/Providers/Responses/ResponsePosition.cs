using System.Diagnostics;
using System.Globalization;
using ChatStream.Web.Providers.Wire;

namespace ChatStream.Web.Providers.Responses;

/// <summary>
/// A place in a background answer: after one event of a response that its service keeps. A reader of the events that follow needs
/// nothing else to go on as if it had read all before.
/// </summary>
/// <param name="Deployment">The <see cref="DeploymentOptions.Key"/> of the deployment that answers.</param>
/// <param name="ResponseId">The response's id at the service.</param>
/// <param name="Sequence">The number of the event.</param>
internal sealed record ResponsePosition(string Deployment, string ResponseId, long Sequence)
{
    /// <summary>Characters of a response's id. The service may send anything.</summary>
    private const int LongestId = 200;

    /// <summary>Whether text came before.</summary>
    public bool HasText { get; init; }

    /// <summary>Whether reasoning came before.</summary>
    public bool HasReasoning { get; init; }

    /// <summary>The first half of a surrogate pair of the text, whose second half comes next; 0: none.</summary>
    public char HalfOfText { get; init; }

    /// <summary>The same of the reasoning.</summary>
    public char HalfOfReasoning { get; init; }

    /// <summary>Where the text is between the tags around reasoning; null: nothing more is taken out of it.</summary>
    public TagPlace? Tags { get; init; }

    /// <summary>The span of the generation that began the answer, as W3C's <c>traceparent</c>; null: none is recorded.</summary>
    public string? Trace { get; init; }

    /// <summary>Whether a service's name for a response can be kept, and stand in an address.</summary>
    public static bool IsId(string? id) =>
        id is { Length: > 0 and <= LongestId } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    /// <summary>Reads what <see cref="ToString"/> has written; null: it is not that.</summary>
    public static ResponsePosition? Parse(string? text)
    {
        var (trace, tags) = (default(string), default(TagPlace?));
        var parts = text?.Split(' ');
        if (parts is { Length: 6 or 7 } && ActivityContext.TryParse(parts[^1], traceState: null, out _))
            (trace, parts) = (parts[^1], parts[..^1]);
        if (parts is { Length: 6 } && TagPlace.Parse(parts[^1]) is { } place)
            (tags, parts) = (place, parts[..^1]);
        if (parts is not [var deployment, var id, var number, var ofText, var ofReasoning] || !IsId(id)
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || !TryRead(ofText, out var hasText, out var halfOfText)
            || !TryRead(ofReasoning, out var hasReasoning, out var halfOfReasoning))
            return null;
        return new ResponsePosition(deployment, id, sequence)
        {
            HasText = hasText,
            HasReasoning = hasReasoning,
            HalfOfText = halfOfText,
            HalfOfReasoning = halfOfReasoning,
            Tags = tags,
            Trace = trace,
        };
    }

    /// <summary>
    /// The deployment, the id and the number, for text and reasoning <c>+</c> or <c>-</c> with the half that waits, the place
    /// between the tags and the trace where there is one: <c>a1B2… resp_68 41 +d83d -</c>.
    /// </summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Deployment} {ResponseId} {Sequence} {Write(HasText, HalfOfText)} {Write(HasReasoning, HalfOfReasoning)}")
        + (Tags is null ? "" : $" {Tags}") + (Trace is null ? "" : $" {Trace}");

    private static string Write(bool has, char half) =>
        (has ? "+" : "-") + (half == 0 ? "" : ((int)half).ToString("x4", CultureInfo.InvariantCulture));

    private static bool TryRead(string text, out bool has, out char half)
    {
        (has, half) = (text.StartsWith('+'), default);
        if (text is "+" or "-")
            return true;
        if (text.Length != 5 || text[0] is not ('+' or '-')
            || !ushort.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            return false;
        half = (char)unit;
        return true;
    }
}
