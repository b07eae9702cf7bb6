using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Owning;

/// <summary>How the instances that share a PostgreSQL database reach one another. With SQLite there is one.</summary>
internal sealed class ClusterOptions
{
    public const string Section = "Cluster";

    /// <summary>
    /// The origin at which the others reach this instance, such as <c>http://10.0.0.7:8080</c>. Empty: the host's address, or its
    /// name, and the port that it listens on.
    /// </summary>
    public string Address { get; init; } = "";

    /// <summary>
    /// Known to all instances, and to nobody else: by it they know one another. Empty: one that is kept in the database.
    /// </summary>
    public string Secret { get; init; } = "";

    /// <summary>
    /// A file in PEM format with the certificate, or its authority, that the instances show one another where their addresses
    /// begin with <c>https</c>. Empty: one that the system trusts.
    /// </summary>
    public string TrustedCertificate { get; init; } = "";

    internal sealed class Check : IValidateOptions<ClusterOptions>
    {
        private const int ShortestSecret = 32;

        public ValidateOptionsResult Validate(string? name, ClusterOptions options)
        {
            var faults = Faults(options).ToList();
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }

        private static IEnumerable<string> Faults(ClusterOptions options)
        {
            if (options.Address.Length > 0 && !(Uri.TryCreate(options.Address, UriKind.Absolute, out var address)
                && address is { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" }))
                yield return $"{Section}:{nameof(Address)} must be an origin such as http://10.0.0.7:8080, without a path.";
            if (options.Secret.Length is > 0 and < ShortestSecret)
                yield return $"{Section}:{nameof(Secret)} must have at least {ShortestSecret} characters.";
            if (options.TrustedCertificate.Length > 0 && !File.Exists(options.TrustedCertificate))
                yield return $"{Section}:{nameof(TrustedCertificate)}: there is no file '{options.TrustedCertificate}'.";
        }
    }
}
