using System.Collections.Concurrent;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Providers.Failover;

/// <summary>The cool-downs of all deployments of this process, for people who watch it.</summary>
internal sealed class CoolDowns
{
    private readonly ConcurrentDictionary<(string Model, int Number), CoolDown> _all = new();

    /// <param name="model">The model's name in the catalogue.</param>
    /// <param name="number">The deployment's place among those of the model, from 0.</param>
    /// <param name="coolDown">Shared by all models that have this deployment.</param>
    public void Add(string model, int number, CoolDown coolDown) => _all[(model, number)] = coolDown;

    /// <summary>The deployments that are not asked at the moment.</summary>
    public IReadOnlyList<CoolingDeployment> Now() =>
    [
        .. from known in _all
           let cooling = known.Value.Now
           where cooling is not null
           orderby known.Key.Model, known.Key.Number
           select new CoolingDeployment(known.Key.Model, known.Key.Number, cooling.Cause.Code, cooling.Seconds ?? 0),
    ];
}
