using System.ComponentModel.DataAnnotations;
using System.Net;

namespace ChatStream.Web.Hosting.SignIn;

/// <summary>Who may use this ChatStream, and how they are known.</summary>
internal sealed class SignInOptions : IValidatableObject
{
    public const string Section = "SignIn";

    /// <summary>
    /// Not set: as <see cref="SignInKind.Browser"/>, but only in Development and where others cannot reach the addresses that the
    /// app listens on.
    /// </summary>
    public SignInKind? Kind { get; init; }

    /// <summary>The provider's issuer, such as <c>https://login.microsoftonline.com/{tenant}/v2.0</c>.</summary>
    public string Authority { get; init; } = "";

    public string ClientId { get; init; } = "";

    /// <summary>Empty for a public client, which proves itself by PKCE alone.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>What is asked for at a sign-in, separated by blanks.</summary>
    public string Scopes { get; init; } = "openid profile";

    /// <summary>The audience of programs' tokens. Empty: <see cref="ClientId"/>.</summary>
    public string Audience { get; init; } = "";

    /// <summary>The scope, or application role, that programs' tokens need. Empty: none.</summary>
    public string ApiScope { get; init; } = "";

    public string NameClaim { get; init; } = "name";

    public string GroupsClaim { get; init; } = "groups";

    public string RolesClaim { get; init; } = "roles";

    /// <summary>Ids of the tenants whose users may use it. Of all lists that are not empty, one must name the user.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    /// <summary>As the claim has them: ids in Entra ID.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Subjects, object ids, user names, or addresses that the provider has verified.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>The claim that makes administrators.</summary>
    public string AdminClaim { get; init; } = "roles";

    /// <summary>The values of <see cref="AdminClaim"/> that do. Empty: it makes none.</summary>
    public IReadOnlyList<string> AdminValues { get; init; } = [];

    /// <summary>Administrators, named as in <see cref="Users"/>. Where there are lists, one of those must let them in.</summary>
    public IReadOnlyList<string> Admins { get; init; } = [];

    /// <summary>How long a browser stays signed in after its last request.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "400.00:00:00")]
    public TimeSpan SessionFor { get; init; } = TimeSpan.FromHours(12);

    public TrustedHeader Header { get; init; } = new();

    public bool IsRequired => Kind is SignInKind.OpenIdConnect or SignInKind.Header;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var isOpenId = Kind == SignInKind.OpenIdConnect;
        if (isOpenId && !IsAuthority(Authority))
            yield return Fault(nameof(Authority), "must be the https address of the provider's issuer; http on loopback only.");
        if (isOpenId && ClientId.Length == 0)
            yield return Fault(nameof(ClientId), "is missing.");
        if (!isOpenId && Authority.Length > 0)
            yield return Fault(nameof(Authority), $"has no use unless {nameof(Kind)} is {SignInKind.OpenIdConnect}.");
        if (Kind == SignInKind.Header && Header.From.Count == 0)
            yield return Fault("Header:From", "must name the addresses of the proxies that sign users in.");
        if (Kind == SignInKind.Header && Header.User.Length == 0)
            yield return Fault("Header:User", "is missing.");
        if (Kind != SignInKind.Header && Header.From.Count > 0)
            yield return Fault("Header:From", $"has no use unless {nameof(Kind)} is {SignInKind.Header}.");
        if (Kind == SignInKind.Header && Header.Claims.Length > 0 && Header.Groups.Length > 0)
            yield return Fault("Header:Groups", $"must be empty with {Section}:Header:Claims, which tells the groups.");
        for (var i = 0; i < Header.From.Count; i++)
        {
            if (!SiteOptions.IsProxy(Header.From[i]))
                yield return Fault(
                    $"Header:From:{i}", "is neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/8.");
        }
        if (!IsRequired && Lists().FirstOrDefault(list => list.Entries.Count > 0).Name is { } useless)
            yield return Fault(
                useless, $"has no use unless {nameof(Kind)} is {SignInKind.OpenIdConnect} or {SignInKind.Header}.");
        var hasGroupsOnly = Kind == SignInKind.Header && Header.Claims.Length == 0;
        if (hasGroupsOnly && (Tenants.Count > 0 || Roles.Count > 0))
        {
            yield return Fault(
                Tenants.Count > 0 ? nameof(Tenants) : nameof(Roles),
                $"is told only by a header that {Section}:Header:Claims names.");
        }
        if (hasGroupsOnly && AdminValues.Count > 0 && AdminClaim != GroupsClaim)
        {
            yield return Fault(
                nameof(AdminClaim),
                $"must be {GroupsClaim}, as {nameof(GroupsClaim)}: other claims are told only by a header that "
                + $"{Section}:Header:Claims names.");
        }
    }

    private static ValidationResult Fault(string key, string what) => new($"{Section}:{key} {what}", [key]);

    private static bool IsAuthority(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    private IEnumerable<(string Name, IReadOnlyList<string> Entries)> Lists() =>
    [
        (nameof(Tenants), Tenants), (nameof(Groups), Groups), (nameof(Roles), Roles), (nameof(Users), Users),
        (nameof(AdminValues), AdminValues), (nameof(Admins), Admins),
    ];

    /// <summary>The headers in which a proxy names the user.</summary>
    internal sealed class TrustedHeader
    {
        /// <summary>Names the user, always by the same word.</summary>
        public string User { get; init; } = "X-Forwarded-User";

        /// <summary>The name to show. Empty: <see cref="User"/>.</summary>
        public string Name { get; init; } = "X-Forwarded-Preferred-Username";

        /// <summary>The user's groups, separated by commas.</summary>
        public string Groups { get; init; } = "X-Forwarded-Groups";

        /// <summary>
        /// All claims of the user, as App Service's sign-in writes them into <c>X-MS-CLIENT-PRINCIPAL</c>. Empty: none is read.
        /// </summary>
        public string Claims { get; init; } = "";

        /// <summary>The proxies that are believed, as addresses or networks.</summary>
        public IReadOnlyList<string> From { get; init; } = [];

        public bool IsFrom(IPAddress? address) => address is not null && From.Any(entry => Contains(entry, address));

        private static bool Contains(string entry, IPAddress address)
        {
            var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            return IPNetwork.TryParse(entry, out var network) ? network.Contains(plain) : IPAddress.Parse(entry).Equals(plain);
        }
    }
}
