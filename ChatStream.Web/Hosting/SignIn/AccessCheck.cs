using ChatStream.Web.Settings;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting.SignIn;

internal static class AccessCheck
{
    /// <summary>
    /// Prepares the way of signing in that the settings name. Outside Development the operator must have said who may use an app
    /// that listens on an address that others can reach.
    /// </summary>
    /// <exception cref="SettingsException"><c>SignIn:Kind</c> is not set, and an address is not a loopback one.</exception>
    public static void RequireChosenAccess(this WebApplication app)
    {
        SignInOptions signIn;
        try
        {
            signIn = app.Services.GetRequiredService<IOptions<SignInOptions>>().Value;
        }
        catch (OptionsValidationException)
        {
            return; // told when the app starts, together with all other faults
        }
        if (signIn.Kind != SignInKind.OpenIdConnect)
            OpenIdSignIn.Remove(app.Services);
        if (app.Environment.IsDevelopment() || signIn.Kind is not null)
            return;
        if (AddressesOf(app.Configuration).FirstOrDefault(IsForOthers) is { } open)
            throw new SettingsException(
                $"SignIn:Kind is not set, and others can reach {open}. Set it to OpenIdConnect or Header, or to Browser: then "
                + "everybody who reaches this ChatStream may use it, and each browser is a user of its own.");
    }

    /// <summary>What the web server will listen on. Without any of these settings it is a port of localhost.</summary>
    private static IEnumerable<string> AddressesOf(IConfiguration settings)
    {
        var endpoints = settings.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? "").ToList();
        if (endpoints.Count > 0)
            return endpoints;
        if (settings["urls"] is { Length: > 0 } urls)
            return Split(urls);
        return Split(settings["http_ports"]).Select(port => $"http://*:{port}")
            .Concat(Split(settings["https_ports"]).Select(port => $"https://*:{port}"));

        static string[] Split(string? list) =>
            list?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
    }

    /// <summary>An address that cannot be read is refused by the web server, which says so.</summary>
    private static bool IsForOthers(string address)
    {
        try
        {
            return !HostNames.IsLoopback(new HostString(BindingAddress.Parse(address).Host));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
