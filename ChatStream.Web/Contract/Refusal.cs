namespace ChatStream.Web.Contract;

/// <summary>
/// Why a request was refused before it started or changed anything. The client gets it as <c>application/problem+json</c>.
/// </summary>
/// <param name="Status">The HTTP status, 4xx or 503.</param>
/// <param name="Field">The field, header or parameter at fault, as the client spells it; null if there is none.</param>
/// <param name="Detail">One English sentence for the sender of the request.</param>
internal sealed record Refusal(int Status, string? Field, string Detail)
{
    /// <summary>
    /// The kind of refusal, such as <c>message_too_long</c>, so that the page can say it in the user's language. Null for
    /// refusals that a user of the page never meets.
    /// </summary>
    public string? Code { get; init; }

    /// <summary>The numbers in <see cref="Detail"/>, in the same order.</summary>
    public IReadOnlyList<long> Numbers { get; init; } = [];

    /// <summary>Whole seconds to wait before another try; null if waiting does not help or the time is unknown.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Whether another instance would take the request now. Nothing of it was kept here.</summary>
    public bool IsOfThisInstance { get; init; }

    /// <summary>The budget that is used up. Else null.</summary>
    public BudgetUse? Budget { get; init; }

    /// <summary>
    /// With 409: the running generation, to which the client can attach. With 503: the one that was started. Else null.
    /// </summary>
    public string? GenerationId { get; init; }
}

/// <summary>Refuses the request that is being handled.</summary>
internal sealed class RefusedException(Refusal refusal) : Exception(refusal.Detail)
{
    public RefusedException(int status, string? field, string detail, string? code = null, params long[] numbers)
        : this(new Refusal(status, field, detail) { Code = code, Numbers = numbers })
    {
    }

    public Refusal Refusal { get; } = refusal;
}
