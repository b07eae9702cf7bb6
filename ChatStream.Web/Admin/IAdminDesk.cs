using ChatStream.Web.Contract;

namespace ChatStream.Web.Admin;

/// <summary>What administrators see and do, for controllers, which let nobody else in.</summary>
public interface IAdminDesk
{
    /// <summary>Reports on all instances.</summary>
    /// <param name="caller">The administrator, in whose name the other instances are asked.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
    Task<AdminReport> ReportAsync(Caller caller, CancellationToken cancellationToken);

    /// <summary>What only this instance knows.</summary>
    InstanceState Here();

    /// <summary>The user with this <see cref="UserReport.Id"/>.</summary>
    /// <param name="caller">The administrator.</param>
    /// <param name="id">Eight characters.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
    /// <exception cref="RefusedException">404: nothing is stored of such a user.</exception>
    Task<Owner> FindUserAsync(Caller caller, string id, CancellationToken cancellationToken);

    /// <summary>Stops an answer of any user, and notes that. One that has ended is left as it is.</summary>
    /// <param name="caller">The administrator.</param>
    /// <param name="generationId">The answer.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
    /// <exception cref="RefusedException">404: there is no such answer.</exception>
    Task StopAsync(Caller caller, string generationId, CancellationToken cancellationToken);
}
