namespace ChatStream.Web.Contract;

/// <summary>Why a request is refused before anything was started or changed; becomes <c>application/problem+json</c>.</summary>
/// <param name="Status">The HTTP status, 4xx or 503.</param>
/// <param name="Field">The field, header or parameter at fault, as the client spells it; null where none is.</param>
/// <param name="Detail">One sentence for whoever sent the request.</param>
internal sealed record Refusal(int Status, string? Field, string Detail)
{
    /// <summary>Where the page's reader may meet it: what it is, so that the page can say it in the reader's language.</summary>
    public string? Code { get; init; }

    /// <summary>The numbers that <see cref="Detail"/> names, in its order.</summary>
    public IReadOnlyList<long> Numbers { get; init; } = [];

    /// <summary>Whole seconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>On 409: the running generation, to attach to.</summary>
    public string? GenerationId { get; init; }
}

internal sealed class RefusedException(Refusal refusal) : Exception(refusal.Detail)
{
    public RefusedException(int status, string? field, string detail, string? code = null, params long[] numbers)
        : this(new Refusal(status, field, detail) { Code = code, Numbers = numbers })
    {
    }

    public Refusal Refusal { get; } = refusal;
}
