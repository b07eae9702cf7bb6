using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Settings;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting.SignIn;

/// <summary>Decides by the lists in the settings whether a user may use this ChatStream, and what the user may do.</summary>
internal sealed partial class Admission
{
    private readonly Lazy<(HashSet<string> Groups, string Settings)> _known;
    private readonly SignInOptions _lists;
    private readonly ILogger<Admission> _logger;

    public Admission(IOptions<SignInOptions> options, IEnumerable<INamesGroups> named, ILogger<Admission> logger)
    {
        (_lists, _logger) = (options.Value, logger);
        _known = new(() =>
        {
            var groups = named.SelectMany(settings => settings.Groups).ToHashSet(StringComparer.OrdinalIgnoreCase);
            return (groups, Digest(_lists, groups));
        });
    }

    /// <summary>Changes when the lists of the settings do. What was decided under others has to be decided anew.</summary>
    public string Settings => _known.Value.Settings;

    /// <param name="claims">What the provider says of the user.</param>
    /// <returns>What the user may do; null: no list names the user, and there is one.</returns>
    public Admitted? Admit(ClaimsPrincipal claims)
    {
        if (!IsAdmitted(claims))
            return null;
        var groups = claims.FindAll(_lists.GroupsClaim).Select(claim => claim.Value)
            .Where(_known.Value.Groups.Contains).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        var isAdmin = HasAny(claims, _lists.AdminClaim, _lists.AdminValues) || IsOf(claims, _lists.Admins);
        return new Admitted(new Rights(isAdmin, groups), Settings);
    }

    private bool IsAdmitted(ClaimsPrincipal claims)
    {
        if (_lists.Tenants.Count + _lists.Groups.Count + _lists.Roles.Count + _lists.Users.Count == 0)
            return true;
        if (HasAny(claims, "tid", _lists.Tenants) || HasAny(claims, _lists.GroupsClaim, _lists.Groups)
            || HasAny(claims, _lists.RolesClaim, _lists.Roles) || IsOf(claims, _lists.Users))
            return true;
        // Entra ID leaves the groups out of a token where there are many, and says so by one of these.
        if (_lists.Groups.Count > 0 && (claims.HasClaim(claim => claim.Type is "_claim_names" or "hasgroups")))
            Log.TooManyGroups(_logger);
        return false;
    }

    private static bool IsOf(ClaimsPrincipal claims, IReadOnlyList<string> users) =>
        HasAny(claims, "sub", users) || HasAny(claims, "oid", users) || HasAny(claims, "preferred_username", users)
        || (claims.FindFirst("email_verified")?.Value is "true" or "True" && HasAny(claims, "email", users));

    private static bool HasAny(ClaimsPrincipal claims, string type, IReadOnlyList<string> listed) => listed.Count > 0
        && claims.FindAll(type).Any(claim => listed.Contains(claim.Value, StringComparer.OrdinalIgnoreCase));

    private static string Digest(SignInOptions lists, HashSet<string> groups)
    {
        string[][] all =
        [
            [.. lists.Tenants], [.. lists.Groups], [.. lists.Roles], [.. lists.Users], [lists.AdminClaim], [.. lists.AdminValues],
            [.. lists.Admins], [lists.GroupsClaim, lists.RolesClaim], [.. groups.Order(StringComparer.Ordinal)],
        ];
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(all))).AsSpan(0, 12));
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message =
            "A user was not admitted: the token leaves the groups out because there are too many. In the provider, let it have "
            + "only the groups that are assigned to this application, or admit by roles.")]
        public static partial void TooManyGroups(ILogger logger);
    }
}

/// <summary>A user who may use this ChatStream.</summary>
/// <param name="Rights">What the user may do.</param>
/// <param name="Settings">As <see cref="Admission.Settings"/> was when that was decided.</param>
internal sealed record Admitted(Rights Rights, string Settings);
