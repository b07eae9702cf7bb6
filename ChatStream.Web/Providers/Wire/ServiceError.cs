namespace ChatStream.Web.Providers.Wire;

/// <summary>The <c>error</c> object in the body of an error, or in a stream that began with status 200.</summary>
internal sealed class ServiceError
{
    public string? Code { get; set; }
    public string? Type { get; set; }
    public string? Param { get; set; }

    /// <summary>The status that it has for itself, from 400 to 599; null: none.</summary>
    public int? Status { get; set; }

    /// <summary>
    /// The service's own words, only for finding out what they mean. They quote host names and prompts, so they are neither
    /// shown nor logged.
    /// </summary>
    public string? Words { get; set; }

    /// <summary>The code of the error within, which Azure gives for a filter's verdict.</summary>
    public string? InnerCode { get; set; }

    /// <summary>
    /// Whether nothing of it is known, or it says that all is well. Some services send an empty error with each chunk.
    /// </summary>
    public bool SaysNothing => Status is null && FilteredBy is null && (Code is "0" or "200"
        || (IsBlank(Code) && IsBlank(Type) && IsBlank(Param) && IsBlank(InnerCode) && IsBlank(Words)));

    /// <summary>The categories whose filter stopped the prompt.</summary>
    public List<FilteredCategory>? FilteredBy { get; set; }

    /// <summary>
    /// Takes from the members that stand beside it what it does not have: <c>{"error":true,"message":"…"}</c>.
    /// </summary>
    public void Complete(ServiceError beside)
    {
        (Code, Type, Param) = (Code ?? beside.Code, Type ?? beside.Type, Param ?? beside.Param);
        (Status, InnerCode) = (Status ?? beside.Status, InnerCode ?? beside.InnerCode);
        FilteredBy ??= beside.FilteredBy;
        Words = $"{Words} {beside.Words}".Trim() is { Length: > 0 } words ? words : null;
    }

    /// <summary>In how many others it stands as a text.</summary>
    public int Within { get; init; }

    /// <summary>Takes what the error of the service behind a gateway says more exactly than the gateway's own.</summary>
    public void TakeInner(ServiceError inner)
    {
        (Param, FilteredBy) = (Param ?? inner.Param, FilteredBy ?? inner.FilteredBy);
        InnerCode ??= inner.Code is not null && inner.Code.Any(char.IsAsciiLetter) ? inner.Code : inner.InnerCode ?? inner.Type;
        Words += $" {inner.Words}";
    }

    private static bool IsBlank(string? text) => string.IsNullOrWhiteSpace(text);
}
