using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatStream.Web.Providers.Wire;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>Finds out which members of a request a service's error refuses. Other faults of a request are left alone.</summary>
internal static partial class Refusals
{
    // The last names are those of Responses, or of a member's part.
    private static readonly Dictionary<string, string> ByName =
        new(Member.All.Select(member => KeyValuePair.Create(Key(member), member)))
        {
            [Key("reasoning.effort")] = Member.Effort,
            [Key("reasoning")] = Member.Effort,
            [Key("text.verbosity")] = Member.Verbosity,
            [Key("text")] = Member.Verbosity,
            [Key("include")] = Member.EncryptedReasoning,
            [Key("include_usage")] = Member.StreamOptions,
        };

    // They are words too, so in a sentence they may mean something else.
    private static readonly string[] OnlyAsParam =
        [Member.Stop, Member.Store, Member.Background, Member.SystemRole, Member.DeveloperRole, "reasoning", "text", "include"];

    private static readonly string[] Codes =
        ["unsupportedparameter", "unknownparameter", "unsupportedvalue", "invalidvalue", "extraforbidden"];

    // What follows is what the service takes instead.
    private static readonly string[] Advice =
        ["use '", "use `", "use \"", "expected one of", "supported values", "moved to"];

    private static readonly string[] SaysResponsesOnly =
    [
        "v1/responses", "responses api", "responses endpoint", "requested operation is unsupported",
        "operation does not work with the specified model", "not a chat model",
    ];

    // Templates of models that know no instructions.
    private static readonly string[] NoInstructions = [Member.SystemRole, Member.DeveloperRole];

    /// <summary>Whether the model answers by Responses only, or what is asked of it does.</summary>
    public static bool IsForResponses(ServiceError error) =>
        error.Code == "OperationNotSupported" || SaysResponsesOnly.Any(words => Says(error, words));

    /// <summary>Whether it is about the reasoning of earlier answers: the model wants it back, or does not take it.</summary>
    public static bool IsForReasoning(ServiceError error) =>
        Says(error, "reasoning_content") || error.Param?.EndsWith("reasoning_content", StringComparison.Ordinal) == true;

    /// <summary>The efforts that the model takes, if another one was refused; empty: the error is about something else.</summary>
    public static ImmutableArray<string> EffortsIn(ServiceError error)
    {
        return MembersIn(error).Contains(Member.Effort) && Choices().Match(error.Words ?? "") is { Success: true } choices
            ? RequestForm.EffortsQuotedIn(choices.Value)
            : [];
    }

    /// <summary>The names of <see cref="Member"/> that the error refuses.</summary>
    public static IEnumerable<string> MembersIn(ServiceError error)
    {
        var members = IsRefusal(error) ? RefusedBy(error, WithoutAdvice(error.Words ?? "")) : [];
        if (IsAboutEncryptedReasoning(error))
            return [Member.EncryptedReasoning];
        if (NoRoleOfInstructions().IsMatch(error.Words ?? ""))
            return NoInstructions;
        // Nothing but its refusal can be said about stream_options.
        return Of(error.Param) == Member.StreamOptions || Says(error, Member.StreamOptions)
            ? members.Append(Member.StreamOptions)
            : members;
    }

    // Its service cannot decrypt it any more, or does not have it.
    private static bool IsAboutEncryptedReasoning(ServiceError error) =>
        error.Code == "invalid_encrypted_content" || Says(error, "encrypted content") || Says(error, "items are not persisted");

    private static IEnumerable<string> RefusedBy(ServiceError error, string words)
    {
        if (error.Param?.EndsWith("role", StringComparison.Ordinal) == true
            || words.Contains("role", StringComparison.OrdinalIgnoreCase))
            return InstructionsRole().Match(words) is { Success: true } role ? [role.Value.ToLowerInvariant()] : [];
        if (Of(error.Param) is { } named)
            return [named];
        if (NoThinking().IsMatch(words))
            return [Member.Effort];
        if (Store().IsMatch(words))
            return [Member.Store];
        return Names().Matches(words).Select(name => name.Value).Except(OnlyAsParam, StringComparer.OrdinalIgnoreCase)
            .Select(Of).OfType<string>();
    }

    private static bool IsRefusal(ServiceError error) =>
        Codes.Contains(Key(error.Code ?? "")) || Codes.Contains(Key(error.Type ?? ""))
        || Codes.Contains(Key(error.InnerCode ?? "")) || Refusing().IsMatch(error.Words ?? "");

    // stream_options.include_usage is a part of stream_options.
    private static string? Of(string? name) =>
        name is null ? null : ByName.GetValueOrDefault(Key(name)) ?? ByName.GetValueOrDefault(Key(name.Split('.', '[')[0]));

    // Some services name a member as their own code does: presencePenalty.
    private static string Key(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private static string WithoutAdvice(string words)
    {
        foreach (var advice in Advice)
        {
            if (words.IndexOf(advice, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
                words = words[..at];
        }
        return words;
    }

    private static bool Says(ServiceError error, string words) =>
        error.Words?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;

    [GeneratedRegex(
        "unsupported|unrecogni[sz]ed|unknown (parameter|field|argument|name)|not support|no longer support|extra inputs"
        + "|extra_forbidden|not permitted|not allowed|not accept|unexpected (keyword|field|property|argument)|additional propert"
        + "|invalid (think(ing)? )?value|literal_error|input should be ['\"`]|deprecated|not (available|compatible|applicable)"
        + "|incompatible|(cannot|(can|may|must) not) be (used|set|specified)"
        // One value and no other, so that the best is to send none. A range of values is another matter.
        + "|only .{0,20}\\b(is|are) (allowed|supported|accepted|permitted)"
        + "|(must|can only|may only|has to|should) be (set to |equal to )?['\"`]?"
        + "(1(\\.0)?(?![\\d.]*\\d)|(the )?default|unset|omitted|null|none)\\b(?!,? (or|to|and)\\b)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Refusing();

    [GeneratedRegex(
        "(?<!optional system message, (conversation )?)roles must alternate"
        + "|only ['\"`]?user['\"`]?(,| and| or) ['\"`]?assistant['\"`]? roles?"
        + "|only supports? ['\"`]?user['\"`]?(,| and| or) ['\"`]?assistant",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex NoRoleOfInstructions();

    // The word alone may mean something else, and without the member a service may store the answer.
    [GeneratedRegex("['\"`]store['\"`]|\\bbody[ .,]+store\\b", RegexOptions.IgnoreCase)]
    private static partial Regex Store();

    // Ollama, and servers that speak of the model and not of the parameter.
    [GeneratedRegex(
        "not support (thinking|reasoning)\\b|\\b(thinking|reasoning) (mode )?(is )?(not|un) ?supported|\\bthink(ing)? value",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex NoThinking();

    // The values that the service takes, and not the one that it was sent, which some repeat.
    [GeneratedRegex(
        "((supported|allowed|valid|possible|accepted|permitted) values|input should be|must be|should be|one of)"
        + "((?!\\binput\\b|\\bgot\\b|\\breceived\\b).)*",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Choices();

    [GeneratedRegex(@"[A-Za-z_]+(\.[A-Za-z_]+)*", RegexOptions.ExplicitCapture)]
    private static partial Regex Names();

    [GeneratedRegex(@"\b(system|developer)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex InstructionsRole();
}
