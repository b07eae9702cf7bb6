using System.Collections.Immutable;
using ChatStream.Web.Providers.Wire;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>
/// How the requests to one deployment are written: as its settings say, and without what its service has refused. Immutable.
/// </summary>
internal sealed record RequestForm
{
    // From the least to the most. Each model takes some of them.
    private static readonly string[] AllEfforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

    public required ModelApi Api { get; init; }

    /// <summary>Whether the older name of the output limit is tried first. Chat completions only.</summary>
    public bool PrefersMaxTokens { get; init; }

    /// <summary>The efforts that the model takes; empty: not known.</summary>
    public ImmutableArray<string> Efforts { get; init; } = [];

    /// <summary>
    /// Whether an answer with calls of tools goes back with its reasoning. Chat completions only: DeepSeek's later models refuse
    /// it without, and earlier ones with it.
    /// </summary>
    public bool ReturnsReasoning { get; init; }

    /// <summary>Names of <see cref="Member"/> that are not sent.</summary>
    public ImmutableHashSet<string> LeftOut { get; init; } = [];

    /// <summary>Names of <see cref="Member"/> that are left out together once one of them is refused.</summary>
    public ImmutableHashSet<string> RefusedTogether { get; init; } = [];

    /// <summary>The name of the output limit in chat completions; null: none is taken.</summary>
    public string? OutputLimit =>
        (PrefersMaxTokens ? (string[])[Member.MaxTokens, Member.MaxCompletionTokens]
            : [Member.MaxCompletionTokens, Member.MaxTokens]).FirstOrDefault(Takes);

    /// <summary>The role of instructions.</summary>
    public string InstructionsRole =>
        Takes(Member.SystemRole) ? "system" : Takes(Member.DeveloperRole) ? "developer" : "user";

    /// <summary>What is known before the first request.</summary>
    /// <param name="deployment">Its settings.</param>
    /// <param name="efforts">The efforts that its model takes, by the settings; empty or null: they do not say.</param>
    public static RequestForm Of(DeploymentOptions deployment, IReadOnlyList<string>? efforts = null)
    {
        var together = KnownModels.RefusedTogether(deployment.Deployment).ToImmutableHashSet();
        var form = new RequestForm
        {
            Api = deployment.Api ?? ModelApi.Chat,
            PrefersMaxTokens = deployment.UseMaxTokens,
            LeftOut = [.. deployment.LeaveOut],
            Efforts = efforts is { Count: > 0 } ? [.. efforts] : KnownModels.EffortsOf(deployment.Deployment),
            RefusedTogether = efforts is { Count: > 0 } ? together.Remove(Member.Effort) : together,
        };
        // The dates are those of Microsoft's list of changes. A version that cannot be compared is taken for a newer one.
        if (deployment.Kind != ProviderKind.Azure || !char.IsAsciiDigit(deployment.ApiVersion.FirstOrDefault()))
            return form;
        if (IsBefore("2024-09-01"))
            form = form with { LeftOut = form.LeftOut.Union([Member.StreamOptions, Member.MaxCompletionTokens]) };
        if (IsBefore("2024-12-01"))
            form = form with { PrefersMaxTokens = true, LeftOut = form.LeftOut.Union([Member.Effort, Member.Verbosity]) };
        // It was published without it, although previews before it had it.
        if (deployment.ApiVersion == "2024-10-21")
            form = form with { LeftOut = form.LeftOut.Add(Member.MaxCompletionTokens) };
        return form;

        bool IsBefore(string date) => string.CompareOrdinal(deployment.ApiVersion, date) < 0;
    }

    /// <summary>The efforts among the values that a text quotes.</summary>
    public static ImmutableArray<string> EffortsQuotedIn(string text) =>
        [.. AllEfforts.Where(effort => "'\"`".Any(
            quote => text.Contains($"{quote}{effort}{quote}", StringComparison.OrdinalIgnoreCase)))];

    /// <summary>Whether the service makes the answer to a request in the background.</summary>
    public bool IsBackground(DeploymentOptions deployment, bool stream) =>
        stream && deployment.Background && Api == ModelApi.Responses && Takes(Member.Background);

    /// <summary>Whether a request asks for the encrypted reasoning, and carries that of earlier answers.</summary>
    public bool CarriesReasoning(DeploymentOptions deployment, bool stream) =>
        stream && deployment.CarriesReasoning && Api == ModelApi.Responses && Takes(Member.EncryptedReasoning);

    public bool Takes(string member) => !LeftOut.Contains(member);

    /// <summary>The effort to send: the nearest to the one that is asked for. Null: none.</summary>
    public string? EffortFor(string? asked)
    {
        if (asked is null || !Takes(Member.Effort))
            return null;
        if (Efforts.IsEmpty || Efforts.Contains(asked))
            return asked;
        var rank = Array.IndexOf(AllEfforts, asked);
        return rank < 0 ? null : Efforts.MinBy(effort => (Math.Abs(RankOf(effort) - rank), -RankOf(effort)));
    }

    /// <summary>The form in which to send the request once more; null: the error refuses nothing that can be changed.</summary>
    public RequestForm? CorrectedBy(ServiceError error)
    {
        if (Refusals.IsForResponses(error) && Api == ModelApi.Chat)
            return InResponses(error);
        if (Refusals.IsForReasoning(error))
            return Api == ModelApi.Chat ? this with { ReturnsReasoning = !ReturnsReasoning } : null;
        if (Refusals.EffortsIn(error) is { Length: > 0 } efforts)
            return Efforts.SequenceEqual(efforts) ? null : this with { Efforts = efforts };
        var refused = Refusals.MembersIn(error).SelectMany(Together).ToList();
        var leftOut = LeftOut.Union(refused);
        if (RefusedTogether.Overlaps(refused))
            leftOut = leftOut.Union(RefusedTogether);
        return leftOut.Count == LeftOut.Count ? null : this with { LeftOut = leftOut };
    }

    /// <summary>What is done differently than before, for the log.</summary>
    public string ChangeSince(RequestForm before)
    {
        List<string> changes = [];
        if (Api != before.Api)
            changes.Add("by the Responses API");
        if (LeftOut.Except(before.LeftOut) is { IsEmpty: false } members)
            changes.Add($"without {string.Join(", ", members.Order())}");
        if (ReturnsReasoning != before.ReturnsReasoning)
            changes.Add($"{(ReturnsReasoning ? "with" : "without")} the reasoning of answers that call tools");
        if (Api == before.Api && !Efforts.SequenceEqual(before.Efforts))
            changes.Add($"with an effort of {string.Join(", ", Efforts)}");
        return string.Join(", ", changes);
    }

    // The refusal may name the model, whatever its deployment is called.
    private RequestForm InResponses(ServiceError error) => this with
    {
        Api = ModelApi.Responses,
        Efforts = Efforts.IsEmpty ? KnownModels.EffortsOfModelIn(error.Words) : Efforts,
    };

    // A model that refuses the first of them refuses the others too.
    private static string[] Together(string member) => member switch
    {
        Member.Temperature => [member, Member.TopP, Member.FrequencyPenalty, Member.PresencePenalty],
        Member.FrequencyPenalty or Member.PresencePenalty => [Member.FrequencyPenalty, Member.PresencePenalty],
        Member.Effort => [member, Member.Summary, Member.EncryptedReasoning],
        Member.Summary => [member, Member.EncryptedReasoning],
        _ => [member],
    };

    private static int RankOf(string effort) => Array.IndexOf(AllEfforts, effort);
}
