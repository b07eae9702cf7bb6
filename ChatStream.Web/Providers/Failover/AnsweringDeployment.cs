using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Failover;

/// <summary>The deployment that answers. The first update of its answer carries it.</summary>
/// <param name="Name">The deployment's name in the settings.</param>
/// <param name="IsFallback">True if a deployment before it in the order of preference was passed over.</param>
internal sealed record AnsweringDeployment(string Name, bool IsFallback)
{
    /// <summary>Reads it from an update; null if the update does not carry it.</summary>
    public static AnsweringDeployment? Of(ChatResponseUpdate update) => update.RawRepresentation as AnsweringDeployment;

    // No client of ours uses that member, and a dictionary for each answer costs more.
    public void AddTo(ChatResponseUpdate update) => update.RawRepresentation = this;
}
