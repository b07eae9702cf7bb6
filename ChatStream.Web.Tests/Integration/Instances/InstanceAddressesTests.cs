using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>Instances reach one another at the addresses that are set: through a network that is cut, and over TLS.</summary>
internal sealed class InstanceAddressesTests
{
    [Test]
    [CancelAfter(120_000)]
    public async Task While_the_network_between_two_instances_is_cut_the_answer_goes_on_and_readers_come_back(
        CancellationToken timeout)
    {
        var port = FreePort.Find();
        await using var network = FaultProxy.Start(new Uri($"http://127.0.0.1:{port}"));
        await using var group = await InstanceGroup.StartAsync(0, timeout);
        await group.AddAsync(
            1, settings:
            [
                ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}"),
                ("Cluster:Address", network.Address.GetLeftPart(UriPartial.Authority)),
            ]);
        await group.AddAsync(1);
        using var user = await group.NewUserAsync(0);
        using var there = group.At(1, user);
        var gate = new Gate();
        group.Emulator.Enqueue(Script.Start().Text("so far").Wait(gate).Text(" and on").Finish("stop").Done());
        await using var here = await user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        await using var cut = await there.AttachAsync(here.GenerationId, cancellationToken: timeout);
        await cut.UntilTextAsync("so far");

        var target = network.Target;
        network.Target = EmulatorServer.RefusingEndpoint();
        network.LoseConnections();
        Assert.CatchAsync(() => cut.ToEndAsync(), "the connection ends without the end of the answer");
        var (refused, problem) =
            await there.JsonAsync(new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{here.GenerationId}"));
        Assert.That(
            ((int)refused.StatusCode, problem.GetProperty("code").GetString()), Is.EqualTo((503, "answer_elsewhere")));
        network.Target = target;
        await using var back = await there.AttachAsync(here.GenerationId, cut.Frames[^1].Id, timeout);
        gate.Open();

        await Task.WhenAll(here.ToEndAsync(), back.ToEndAsync()).WaitAsync(timeout);
        Assert.That(cut.Frames.Concat(back.Frames), Is.EqualTo(here.Frames));
        Assert.That(here.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Instances_talk_over_tls_with_a_certificate_that_is_named(CancellationToken timeout)
    {
        var folder = Directory.CreateTempSubdirectory("chatstream-tls-").FullName;
        var (certificate, key) = WriteCertificate(folder);
        var port = FreePort.Find();
        await using var group = await InstanceGroup.StartAsync(
            0, timeout, settings: ("Cluster:TrustedCertificate", certificate));
        await group.AddAsync(
            1, settings:
            [
                ("ASPNETCORE_URLS", $"http://127.0.0.1:0;https://127.0.0.1:{port}"),
                ("Kestrel:Certificates:Default:Path", certificate),
                ("Kestrel:Certificates:Default:KeyPath", key),
                ("Cluster:Address", $"https://127.0.0.1:{port}"),
            ]);
        await group.AddAsync(1);
        using var user = await group.NewUserAsync(0);
        using var there = group.At(1, user);
        group.Emulator.Enqueue(Script.Start().Text("so far").Stall());
        await using var here = await user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");

        await using var forwarded = await there.AttachAsync(here.GenerationId, cancellationToken: timeout);

        await forwarded.UntilTextAsync("so far");
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task On_App_Service_they_talk_by_their_private_ports(CancellationToken timeout)
    {
        int[] ports = [FreePort.Find(), FreePort.Find()];
        await using var group = await InstanceGroup.StartAsync(0, timeout, settings: ("SignIn:Kind", "Browser"));
        foreach (var port in ports)
        {
            await group.AddAsync(
                1, settings: [("WEBSITE_PRIVATE_IP", "127.0.0.1"), ("WEBSITE_PRIVATE_PORTS", $"{port},1")]);
        }
        using var user = await group.NewUserAsync(0);
        using var there = group.At(1, user);
        group.Emulator.Enqueue(Script.Start().Text("so far").Stall());
        await using var here = await user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");

        await using var forwarded = await there.AttachAsync(here.GenerationId, cancellationToken: timeout);

        await forwarded.UntilTextAsync("so far");
        var instances = group.Database.InstancesForProcess();
        await using var _ = (IAsyncDisposable)instances;
        Assert.That(
            (await instances.AliveAsync("", timeout)).Select(row => row.Address),
            Is.EquivalentTo(ports.Select(port => $"http://127.0.0.1:{port}")));
    }

    private static (string Certificate, string Key) WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=chatstream", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var files = (Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem"));
        File.WriteAllText(files.Item1, certificate.ExportCertificatePem());
        File.WriteAllText(files.Item2, key.ExportPkcs8PrivateKeyPem());
        return files;
    }
}
