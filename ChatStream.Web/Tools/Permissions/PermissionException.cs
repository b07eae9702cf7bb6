namespace ChatStream.Web.Tools.Permissions;

/// <summary>A request to a tool server was not made, or was refused, because there is no token for it.</summary>
/// <param name="needsUser">True: the user has to give permission. False: the authorization server cannot be asked now.</param>
/// <param name="inner">Its cause; null: none is known.</param>
internal sealed class PermissionException(bool needsUser, Exception? inner = null)
    : Exception(needsUser ? "The user's permission is needed." : "The authorization server cannot be asked.", inner)
{
    public bool NeedsUser => needsUser;

    /// <summary>The one that an exception is, or was caused by; null: none.</summary>
    public static PermissionException? Behind(Exception? fault)
    {
        while (fault is not null and not PermissionException)
            fault = fault.InnerException;
        return (PermissionException?)fault;
    }
}
