using System.Net.Sockets;
using System.Security.Authentication;

namespace ChatStream.Web.Providers;

/// <summary>Why a service could not be reached, for the log.</summary>
internal static class FaultCauses
{
    /// <summary>
    /// The kinds of a fault and of those behind it, outermost first, such as
    /// <c>ClientResultException, HttpRequestException NameResolutionError, SocketException HostNotFound</c>. The messages are
    /// left out, because they may quote what was sent. Those of TLS are the runtime's own, and only they tell what is wrong
    /// with a certificate.
    /// </summary>
    public static string Of(Exception fault)
    {
        List<string> causes = [];
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
            causes.Add($"{cause.GetType().Name}{Detail(cause)}");
        return string.Join(", ", causes);
    }

    private static string Detail(Exception fault) => fault switch
    {
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown and var error } => $" {error}",
        HttpIOException { HttpRequestError: var error } => $" {error}",
        SocketException { SocketErrorCode: var error } => $" {error}",
        AuthenticationException => $" ({fault.Message})",
        _ => "",
    };
}
