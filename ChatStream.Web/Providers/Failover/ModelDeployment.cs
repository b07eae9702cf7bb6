using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Failover;

/// <summary>A deployment as one model has it.</summary>
/// <param name="Name">The deployment's name in the settings.</param>
/// <param name="Client">Sends requests to it. Throws a <see cref="ModelException"/> if it fails.</param>
/// <param name="CoolDown">Shared by all models that have this deployment.</param>
internal sealed record ModelDeployment(string Name, IChatClient Client, CoolDown CoolDown)
{
    /// <summary>As <see cref="DeploymentOptions.Key"/>.</summary>
    public string Key { get; init; } = "";

    /// <summary>The kind of its service, as OpenTelemetry names it.</summary>
    public string Provider { get; init; } = "openai";
}
