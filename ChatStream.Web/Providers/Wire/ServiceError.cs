namespace ChatStream.Web.Providers.Wire;

/// <summary>The <c>error</c> object in the body of an error, or in a stream that began with status 200.</summary>
internal sealed record ServiceError
{
    public string? Code { get; set; }
    public string? Type { get; set; }
    public string? Param { get; set; }

    /// <summary>The categories whose filter stopped the prompt.</summary>
    public List<string>? FilteredBy { get; set; }
}
