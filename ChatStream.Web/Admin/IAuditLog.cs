using ChatStream.Web.Contract;

namespace ChatStream.Web.Admin;

/// <summary>Who did what, and when. It has ids and names, and never a text.</summary>
public interface IAuditLog
{
    /// <summary>
    /// Notes what was done. It is told after that, so a failure undoes nothing: the app's log says that the note is missing.
    /// A user who adds too many entries is noted with the first of each action in a minute, and with the number of the others.
    /// </summary>
    /// <param name="caller">Who did it.</param>
    /// <param name="action">What was done.</param>
    /// <param name="subject">The id of what it was done to; null: there is none.</param>
    Task NoteAsync(Caller caller, AuditAction action, string? subject = null);

    /// <summary>A page of the log, newest first.</summary>
    /// <param name="before">As the page before has it in <see cref="AuditPage.Next"/>; null: the first page.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
    Task<AuditPage> ReadAsync(long? before, CancellationToken cancellationToken);
}
