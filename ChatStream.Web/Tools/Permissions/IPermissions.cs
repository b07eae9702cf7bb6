using ChatStream.Web.Contract;

namespace ChatStream.Web.Tools.Permissions;

/// <summary>What an authorization server answers by way of the user's browser (RFC 6749 4.1.2, RFC 9207).</summary>
public sealed record PermissionAnswer(string? State, string? Code, string? Error, string? Issuer);

/// <summary>The permissions that users give tool servers.</summary>
public interface IPermissions
{
    /// <summary>The servers that a user can give permission to, by name.</summary>
    Task<IReadOnlyList<PermittedServer>> ListAsync(Owner owner, Rights rights, CancellationToken cancellationToken);

    /// <summary>Begins to ask for a permission.</summary>
    /// <param name="owner">The user.</param>
    /// <param name="rights">What the user may do.</param>
    /// <param name="server">The server's name.</param>
    /// <param name="redirectUri">Where the answer is sent to.</param>
    /// <param name="answerId">The answer that is shown after that; null: the settings.</param>
    /// <param name="cancellationToken">The reader's.</param>
    /// <returns>The address that the user's browser has to open.</returns>
    /// <exception cref="RefusedException">404: no such server; 502: its authorization server cannot be asked.</exception>
    Task<Uri> AskAsync(
        Owner owner, Rights rights, string server, string redirectUri, string? answerId, CancellationToken cancellationToken);

    /// <summary>Takes the answer, gets tokens and stores them.</summary>
    /// <returns>The answer to show; null: the settings.</returns>
    /// <exception cref="RefusedException">
    /// 400: it is no answer to this user's request; 403: the user has not given it; 404 and 502 as above.
    /// </exception>
    Task<string?> TakeAsync(
        Owner owner, Rights rights, string server, PermissionAnswer answer, CancellationToken cancellationToken);

    /// <summary>Takes a permission back: its tokens are deleted, and the authorization server is told if it can be.</summary>
    Task RevokeAsync(Owner owner, string server);

    /// <summary>Takes back all permissions of a user.</summary>
    /// <inheritdoc cref="RevokeAsync"/>
    Task RevokeAllAsync(Owner owner);
}
