using System.Globalization;

namespace ChatStream.Web.Answers.Owning;

/// <summary>
/// The port by which App Service lets the instances of an app reach one another in their virtual network. It gives each instance
/// another one when it starts it.
/// </summary>
internal static class PrivatePort
{
    /// <summary>The variable with the instance's address.</summary>
    public const string Address = "WEBSITE_PRIVATE_IP";

    /// <summary>The variable with its ports, with commas between.</summary>
    public const string Ports = "WEBSITE_PRIVATE_PORTS";

    /// <summary>The first one; null where there is none.</summary>
    public static int? In(string? ports) =>
        int.TryParse(ports?.Split(',')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;

    /// <summary>Makes the web server listen on that port too.</summary>
    public static void AddPrivatePort(this ConfigurationManager settings)
    {
        if (In(settings[Ports]) is not { } port)
            return;
        if (Listens(settings, port))
            return;
        var address = string.Create(CultureInfo.InvariantCulture, $"http://+:{port}");
        // What the web server asks for, in its order.
        if (settings.GetSection("Kestrel:Endpoints").GetChildren().Any())
            settings["Kestrel:Endpoints:Instances:Url"] = address;
        else if (settings["urls"] is { Length: > 0 } urls)
            settings["urls"] = $"{urls};{address}";
        else if (settings["http_ports"] is { Length: > 0 } ports)
            settings["http_ports"] = string.Create(CultureInfo.InvariantCulture, $"{ports};{port}");
        else if (settings["https_ports"] is { Length: > 0 })
            settings["http_ports"] = port.ToString(CultureInfo.InvariantCulture);
        else
            settings["urls"] = $"http://localhost:5000;{address}";
    }

    private static bool Listens(ConfigurationManager settings, int port)
    {
        var own = port.ToString(CultureInfo.InvariantCulture);
        return settings.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"])
            .Concat((settings["urls"] ?? "").Split(';'))
            .Any(url => url is not null && url.TrimEnd('/').EndsWith($":{own}", StringComparison.Ordinal))
            || $"{settings["http_ports"]};{settings["https_ports"]}".Split(';', StringSplitOptions.TrimEntries).Contains(own);
    }
}
