namespace ChatStream.Web.Contract;

/// <summary>Why a request is refused before anything was started or changed; becomes <c>application/problem+json</c>.</summary>
/// <param name="Status">The HTTP status, 4xx or 503.</param>
/// <param name="Field">The field, header or parameter at fault, as the client spells it; null where none is.</param>
/// <param name="Detail">One sentence for whoever sent the request.</param>
internal sealed record Refusal(int Status, string? Field, string Detail)
{
    /// <summary>Whole seconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>On 409: the running generation, to attach to.</summary>
    public string? GenerationId { get; init; }
}

internal sealed class RefusedException(Refusal refusal) : Exception(refusal.Detail)
{
    public RefusedException(int status, string? field, string detail) : this(new Refusal(status, field, detail))
    {
    }

    public Refusal Refusal { get; } = refusal;
}
