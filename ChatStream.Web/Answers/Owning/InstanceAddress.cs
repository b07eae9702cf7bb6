using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Owning;

/// <summary>The origin at which the other instances reach this one.</summary>
internal sealed class InstanceAddress(IOptions<ClusterOptions> options, IServer server)
{
    /// <summary>
    /// What the platforms call the address of one instance: Kubernetes where the manifest asks for it, and App Service with a
    /// virtual network.
    /// </summary>
    private static readonly string[] AddressVariables = ["POD_IP", PrivatePort.Address];

    /// <summary>The setting, or what the web server listens on. Empty until it does.</summary>
    public string Value => options.Value.Address is { Length: > 0 } set
        ? new Uri(set).GetLeftPart(UriPartial.Authority)
        : Of(
            server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [], Environment.GetEnvironmentVariable,
            Dns.GetHostName);

    /// <param name="listening">What the web server listens on, such as <c>http://[::]:8080</c>.</param>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <param name="hostName">The name of this host.</param>
    public static string Of(ICollection<string> listening, Func<string, string?> variable, Func<string> hostName)
    {
        // Without encryption first: its certificate is hardly one for the address.
        if (listening.Order(StringComparer.Ordinal).FirstOrDefault() is not { } first)
            return "";
        if (variable(PrivatePort.Address) is { Length: > 0 } inNetwork && PrivatePort.In(variable(PrivatePort.Ports)) is { } own
            && listening.Any(each => Parse(each).Port == own))
            return $"http://{Bracketed(inNetwork)}:{own}";
        var (scheme, host, port) = Parse(first);
        if (IPAddress.TryParse(host, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            return $"{scheme}://{Bracketed(address.ToString())}:{port}";
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return $"{scheme}://localhost:{port}";
        var name = AddressVariables.Select(variable).FirstOrDefault(value => value is { Length: > 0 }) ?? hostName();
        return $"{scheme}://{Bracketed(name)}:{port}";
    }

    private static (string Scheme, string Host, int Port) Parse(string listening)
    {
        var parsed = BindingAddress.Parse(listening);
        return (parsed.Scheme, parsed.Host.Trim('[', ']'), parsed.Port);
    }

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
}
