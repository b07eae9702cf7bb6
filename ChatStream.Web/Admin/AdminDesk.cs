using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Limits;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Failover;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Admin;

/// <summary>Puts together what the database knows and what each instance says of itself.</summary>
internal sealed class AdminDesk(
    AdminQueries queries, IInstances instances, Instance instance, InstanceAddress address, Neighbours neighbours,
    GenerationRegistry registry, StartLimits limits, ModelCatalog catalog, CoolDowns coolDowns, SettingsInForce settings,
    IAnswerStopper stopper, IAuditLog audit, LongReads reads) : IAdminDesk
{
    private const int Days = 30;

    /// <inheritdoc/>
    public async Task<AdminReport> ReportAsync(Caller caller, CancellationToken cancellationToken)
    {
        var (running, users) = await reads.RunAsync(
            caller.Owner, () => queries.ReadAsync(Days, cancellationToken), cancellationToken);
        var others = instances.Known.Where(row => row.Id != instance.Id).ToList();
        var states = new Dictionary<string, InstanceState>(StringComparer.Ordinal) { [instance.Id] = Here() };
        var told = await Task.WhenAll(others.Select(row => neighbours.StateAsync(row, caller, cancellationToken)));
        foreach (var (row, state) in others.Zip(told))
        {
            if (state is not null)
                states[row.Id] = state;
        }
        var sizes = states.Values.SelectMany(state => state.Running)
            .ToLookup(answer => answer.GenerationId, answer => answer.Bytes, StringComparer.Ordinal);
        return new AdminReport
        {
            Running = [.. running.Select(answer => answer with { Bytes = SizeOf(answer) })],
            Days = Days,
            Users = users,
            Instances =
            [
                new InstanceReport(instance.Id, address.Value, Lease.Version, limits.Use.Running) { Own = true },
                .. others.Select(row => new InstanceReport(row.Id, row.Address, row.Version, row.Running)
                {
                    Silent = states.ContainsKey(row.Id) ? null : true,
                }),
            ],
            Deployments = [.. catalog.Models.SelectMany(model => DeploymentsOf(model, states))],
            Settings = settings.All(),
        };

        int? SizeOf(RunningReport answer) => sizes.Contains(answer.GenerationId) ? sizes[answer.GenerationId].Max() : null;
    }

    /// <inheritdoc/>
    public InstanceState Here() => new(
        [.. registry.Running.Select(generation => new RunningSize(generation.Id, generation.Size))], coolDowns.Now());

    /// <inheritdoc/>
    public async Task<Owner> FindUserAsync(Caller caller, string id, CancellationToken cancellationToken) =>
        await reads.RunAsync(caller.Owner, () => queries.OwnerWithAsync(id, cancellationToken), cancellationToken)
            ?? throw new RefusedException(404, "user", "Nothing is stored of such a user.");

    /// <inheritdoc/>
    public async Task StopAsync(Caller caller, string generationId, CancellationToken cancellationToken)
    {
        var owner = await queries.OwnerOfAsync(generationId, cancellationToken)
            ?? throw new RefusedException(404, "generationId", "There is no such generation.");
        await stopper.StopAsync(owner, generationId, cancellationToken);
        await audit.NoteAsync(caller, AuditAction.AnswerStoppedByAdmin, generationId);
    }

    private static IEnumerable<DeploymentReport> DeploymentsOf(Model model, Dictionary<string, InstanceState> states) =>
        model.Deployments.Select((deployment, number) => new DeploymentReport(
            model.Name, deployment.DisplayName,
            [
                .. from state in states
                   from cooling in state.Value.Cooling
                   where cooling.Model == model.Name && cooling.Number == number
                   select new CoolingReport(state.Key, cooling.Code, cooling.Seconds),
            ]));
}
