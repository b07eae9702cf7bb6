using System.Text.RegularExpressions;
using ChatStream.Web.Providers;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Tools;

/// <summary>Finds every fault in the settings of the tools. Each fault is a sentence that begins with its key.</summary>
/// <param name="models">The catalogue, which cannot be made while its own settings are wrong.</param>
internal sealed partial class ToolCheck(Func<ModelCatalog> models) : IValidateOptions<ToolOptions>
{
    public ValidateOptionsResult Validate(string? name, ToolOptions options)
    {
        List<string> faults =
        [
            .. FaultsOf($"{ToolOptions.Section}:{nameof(ToolOptions.Clock)}", options.Clock.Models, options.Clock.Groups),
            .. FaultsOf(
                $"{ToolOptions.Section}:{nameof(ToolOptions.Calculator)}", options.Calculator.Models, options.Calculator.Groups),
            .. options.McpServers.SelectMany(server =>
                FaultsOf($"{ToolOptions.Section}:{nameof(ToolOptions.McpServers)}:{server.Key}", server.Key, server.Value)),
        ];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> FaultsOf(string key, string name, McpServerOptions server)
    {
        if (!Name().IsMatch(name))
            yield return $"{key}: a name has 1 to 24 letters of A-Z, a-z, 0-9, - and _.";
        if (server.Command.Length > 0 == server.Url.Length > 0)
            yield return $"{key} needs either Command or Url.";
        if (server.Url.Length > 0 && !IsAddress(server.Url))
            yield return $"{key}:Url must be an http or https address without user and fragment.";
        if (server.Url.Length == 0 && server.Bearer.Length > 0)
            yield return $"{key}:Bearer has no use without Url.";
        if (server.Bearer.Any(c => c is < '!' or > '~'))
            yield return $"{key}:Bearer must be visible ASCII without blanks.";
        if (server.Command.Length == 0 && (server.Arguments.Count > 0 || server.Environment.Count > 0))
            yield return $"{key}:Arguments and Environment have no use without Command.";
        foreach (var fault in FaultsOf($"{key}:{nameof(McpServerOptions.OAuth)}", server, server.OAuth))
            yield return fault;
        foreach (var fault in FaultsOf(key, server.Models, server.Groups))
            yield return fault;
        foreach (var (tool, options) in server.Tools)
        {
            foreach (var fault in FaultsOf($"{key}:Tools:{tool}", options.Models ?? [], options.Groups ?? []))
                yield return fault;
        }
    }

    private static IEnumerable<string> FaultsOf(string key, McpServerOptions server, OAuthOptions oauth)
    {
        if (!oauth.IsUsed)
        {
            if (oauth.ClientSecret.Length + oauth.Issuer.Length + oauth.Scopes.Count + oauth.Origins.Count > 0)
                yield return $"{key}:ClientId is missing.";
            yield break;
        }
        if (server.Url.Length == 0)
            yield return $"{key} has no use without Url.";
        if (server.Bearer.Length > 0)
            yield return $"{key} cannot be used together with Bearer.";
        if (oauth.Issuer.Length > 0 && !(IsAddress(oauth.Issuer) && new Uri(oauth.Issuer).Query.Length == 0))
            yield return $"{key}:Issuer must be an http or https address without user, query and fragment.";
        for (var i = 0; i < oauth.Scopes.Count; i++)
        {
            if (oauth.Scopes[i].Length == 0 || oauth.Scopes[i].Any(c => c is <= ' ' or > '~' or '"' or '\\'))
                yield return $"{key}:Scopes:{i} must be visible ASCII without blanks.";
        }
        for (var i = 0; i < oauth.Origins.Count; i++)
        {
            if (!IsAddress(oauth.Origins[i]) || new Uri(oauth.Origins[i]).PathAndQuery != "/")
                yield return $"{key}:Origins:{i} must be an origin such as https://login.example.org, without a path.";
        }
    }

    private IEnumerable<string> FaultsOf(string key, IReadOnlyList<string> names, IReadOnlyList<string> groups)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (!IsModel(names[i]))
                yield return $"{key}:Models:{i}: there is no model '{names[i]}'.";
        }
        for (var i = 0; i < groups.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(groups[i]))
                yield return $"{key}:Groups:{i} is empty.";
        }
    }

    private bool IsModel(string name)
    {
        try
        {
            return models().Find(name) is not null;
        }
        catch (OptionsValidationException)
        {
            return true; // what is wrong with the models is told instead
        }
    }

    private static bool IsAddress(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https" && address is { UserInfo: "", Fragment: "" };

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,24}\z")]
    private static partial Regex Name();
}
