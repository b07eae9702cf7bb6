using System.Net.Sockets;
using System.Security.Authentication;
using ChatStream.Web.Providers;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers;

/// <summary>The log says why a service cannot be reached, and quotes nothing that was sent.</summary>
internal sealed class FaultCausesTests
{
    private static IEnumerable<TestCaseData> Faults()
    {
        static TestCaseData Case(Exception fault, string causes) => new TestCaseData(fault, causes).SetArgDisplayNames(causes);

        yield return Case(
            new InvalidOperationException("secret", new HttpRequestException(
                HttpRequestError.NameResolutionError, "secret", new SocketException((int)SocketError.HostNotFound))),
            "InvalidOperationException, HttpRequestException NameResolutionError, SocketException HostNotFound");
        yield return Case(
            new HttpRequestException("secret", new AuthenticationException("The certificate is not trusted: UntrustedRoot")),
            "HttpRequestException, AuthenticationException (The certificate is not trusted: UntrustedRoot)");
        yield return Case(
            new IOException("secret", new HttpIOException(HttpRequestError.ResponseEnded, "secret")),
            "IOException, HttpIOException ResponseEnded");
        yield return Case(new TaskCanceledException("secret"), "TaskCanceledException");
    }

    [TestCaseSource(nameof(Faults))]
    public void The_kinds_are_told_outermost_first(Exception fault, string causes) =>
        Assert.That(FaultCauses.Of(fault), Is.EqualTo(causes));
}
