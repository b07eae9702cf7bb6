namespace ChatStream.Web.Providers;

/// <summary>
/// An endpoint taken apart. Portals show one "target URI" that holds the resource, the deployment and the api-version:
/// <c>https://x.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2025-01-01-preview</c>.
/// </summary>
/// <param name="Address">What requests are appended to.</param>
/// <param name="Deployment">The deployment that the address names; null if it names none.</param>
/// <param name="ApiVersion">The api-version that the address names; null if it names none.</param>
/// <param name="Api">Responses, if the address ends with it; null if it does not.</param>
internal sealed record TargetUri(Uri Address, string? Deployment, string? ApiVersion, ModelApi? Api)
{
    private const string Deployments = "/openai/deployments/";
    private const string Version = "api-version=";

    private static readonly string[] AzureEndings = ["/openai/responses", "/openai/deployments", "/openai"];

    private static readonly string[] Operations = ["/chat/completions", "/completions", "/responses"];

    private static readonly string[] OtherOperations =
    [
        "/embeddings", "/images/generations", "/images/edits", "/audio/speech", "/audio/transcriptions", "/audio/translations",
        "/realtime", "/rerank", "/moderations",
    ];

    /// <param name="endpoint">An absolute address.</param>
    /// <param name="kind">The kind of its service.</param>
    public static TargetUri Of(Uri endpoint, ProviderKind kind)
    {
        var path = endpoint.AbsolutePath.TrimEnd('/');
        ModelApi? api = path.EndsWith("/responses", StringComparison.OrdinalIgnoreCase) ? ModelApi.Responses : null;
        if (kind == ProviderKind.OpenAI)
            return new TargetUri(At(endpoint, WithoutEnding(path, Operations)), Deployment: null, ApiVersion: null, api);

        string? deployment = null;
        var version = Parameters(endpoint).FirstOrDefault(IsVersion)?[Version.Length..];
        if (IndexOf(path, Deployments) is >= 0 and var at)
        {
            deployment = Uri.UnescapeDataString(path[(at + Deployments.Length)..].Split('/')[0]);
            path = path[..at];
        }
        else if (IndexOf($"{path}/", "/openai/v1/") is >= 0 and var v1)
        {
            (path, version) = (path[..v1], DeploymentOptions.V1);
        }
        path = WithoutEnding(path, AzureEndings);
        // A project of Azure AI Foundry. Its models answer at the address of its resource.
        if (IndexOf(path, "/api/projects/") is >= 0 and var project)
            path = path[..project];
        return new TargetUri(At(endpoint, path), deployment, version is { Length: > 0 } ? version : null, api);
    }

    /// <summary>What an endpoint's address has that no request can be appended to; null: nothing.</summary>
    public static string? FaultOf(Uri endpoint, ProviderKind kind)
    {
        var isAzure = kind == ProviderKind.Azure;
        if (Parameters(endpoint).Any(part => !(isAzure && IsVersion(part))) || endpoint.Fragment.Length > 0)
            return isAzure ? "must have no query but api-version" : "must have no query";
        if (OtherOperation(endpoint) is { } other)
            return $"is the address of '{other}', and not of chat completions or Responses";
        // Another interface of Azure has its own address, /models.
        IEnumerable<string> unusable = isAzure ? ["/models", .. Operations] : Operations;
        var rest = Of(endpoint, kind).Address.AbsolutePath;
        return unusable.FirstOrDefault(operation => IndexOf($"{rest}/", $"{operation}/") >= 0) is { } found
            ? $"must be the part before '{found}'"
            : null;
    }

    // The last part of the path of another kind of model.
    private static string? OtherOperation(Uri endpoint) => Array.Find(OtherOperations, operation =>
        endpoint.AbsolutePath.TrimEnd('/').EndsWith(operation, StringComparison.OrdinalIgnoreCase));

    private static string[] Parameters(Uri endpoint) =>
        endpoint.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsVersion(string parameter) => parameter.StartsWith(Version, StringComparison.OrdinalIgnoreCase);

    private static string WithoutEnding(string path, string[] endings) =>
        endings.FirstOrDefault(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) is { } ending
            ? path[..^ending.Length] : path;

    private static int IndexOf(string path, string part) => path.IndexOf(part, StringComparison.OrdinalIgnoreCase);

    private static Uri At(Uri endpoint, string path) => new UriBuilder(endpoint) { Path = path, Query = "", Fragment = "" }.Uri;
}
