using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Hosting.Observing;

/// <summary>Where this process can be observed. Exports to a collector have OpenTelemetry's own settings.</summary>
internal sealed class ObservingOptions : IValidatableObject
{
    public const string Section = "Telemetry";

    /// <summary>
    /// Where <c>/metrics</c> is served for Prometheus, such as <c>http://127.0.0.1:9464</c> or <c>http://*:9464</c>. It is an
    /// address of its own, so that a firewall or a network policy can close it. Empty: nowhere.
    /// </summary>
    public string MetricsAddress { get; init; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MetricsAddress.Length > 0 && !IsAddress(MetricsAddress))
        {
            yield return new ValidationResult(
                $"'{MetricsAddress}' is no address to listen on. Write http, a host and a port, such as http://127.0.0.1:9464.",
                [nameof(MetricsAddress)]);
        }
    }

    private static bool IsAddress(string text)
    {
        try
        {
            var address = BindingAddress.Parse(text);
            return address is { Scheme: "http", PathBase: "", Port: > 0, IsUnixPipe: false } && text.Count(c => c == ':') > 1;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
