using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Publish;

/// <summary><c>deploy/kubernetes.yaml</c> says what the documents say of it.</summary>
internal sealed class KubernetesTests
{
    private static readonly IReadOnlyList<YamlFile> All = YamlFile.ReadAll("deploy", "kubernetes.yaml");

    private static YamlFile Pod => Of("Deployment")["spec"]["template"]["spec"];

    private static YamlFile Container => Pod["containers"][0];

    [Test]
    public void A_pod_has_no_rights_that_it_does_not_use()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Pod["automountServiceAccountToken"].Text, Is.EqualTo("false"));
            Assert.That(Pod["securityContext"]["runAsNonRoot"].Text, Is.EqualTo("true"));
            Assert.That(Pod["securityContext"]["seccompProfile"]["type"].Text, Is.EqualTo("RuntimeDefault"));
            Assert.That(Container["securityContext"]["allowPrivilegeEscalation"].Text, Is.EqualTo("false"));
            Assert.That(Container["securityContext"]["readOnlyRootFilesystem"].Text, Is.EqualTo("true"));
            Assert.That(Container["securityContext"]["capabilities"]["drop"][0].Text, Is.EqualTo("ALL"));
            Assert.That(Container["resources"]["limits"]["memory"].Text, Is.Not.Empty);
        });
    }

    [TestCase("startupProbe", "/health/startup")]
    [TestCase("readinessProbe", "/health/ready")]
    [TestCase("livenessProbe", "/health/live")]
    public void Each_probe_asks_the_port_of_the_app(string probe, string path)
    {
        Assert.That(Container[probe]["httpGet"]["path"].Text, Is.EqualTo(path));
        Assert.That(Container[probe]["httpGet"]["port"].Text, Is.EqualTo(Container["ports"][0]["name"].Text));
        // A probe of readiness takes 3 seconds where the database hangs.
        Assert.That(int.Parse(Container[probe]["timeoutSeconds"].Text, null), Is.GreaterThan(probe == "readinessProbe" ? 3 : 0));
    }

    [Test]
    public void A_stop_is_longer_than_its_parts()
    {
        var before = int.Parse(Container["lifecycle"]["preStop"]["sleep"]["seconds"].Text, null);

        Assert.That(int.Parse(Pod["terminationGracePeriodSeconds"].Text, null), Is.GreaterThanOrEqualTo(before + 25 + 10 + 15));
    }

    [Test]
    public void All_parts_mean_the_same_pods()
    {
        var label = Of("Deployment")["spec"]["template"]["metadata"]["labels"]["app"].Text;
        Assert.Multiple(() =>
        {
            Assert.That(Of("Service")["spec"]["selector"]["app"].Text, Is.EqualTo(label));
            Assert.That(Of("PodDisruptionBudget")["spec"]["selector"]["matchLabels"]["app"].Text, Is.EqualTo(label));
            Assert.That(Of("NetworkPolicy")["spec"]["podSelector"]["matchLabels"]["app"].Text, Is.EqualTo(label));
        });
    }

    [Test]
    public void The_network_policy_lets_in_the_ingress_and_the_other_instances_only()
    {
        var spec = Of("NetworkPolicy")["spec"];

        Assert.That(spec["policyTypes"].Items.Select(type => type.Text), Is.EqualTo(new[] { "Ingress", "Egress" }));
        Assert.That(spec["ingress"].Items, Has.Count.EqualTo(1));
        Assert.That(spec["ingress"][0]["from"].Items, Has.Count.EqualTo(2));
        Assert.That(spec["ingress"][0]["ports"][0]["port"].Text, Is.EqualTo("http"));
        var ports = spec["egress"].Items.SelectMany(rule => rule["ports"].Items).Select(port => port["port"].Text);
        Assert.That(ports, Is.EquivalentTo(new[] { "http", "53", "53", "5432", "443" }));
    }

    /// <summary>Each variable that is set is a setting: a mistyped one would be a line of warning that nobody reads.</summary>
    [Test]
    public async Task Each_variable_is_a_setting()
    {
        using var log = new LogCapture();
        await using var app = await ChatApp.StartAsync(setup =>
        {
            setup.Services = services => services.AddSingleton<ILoggerProvider>(log);
            foreach (var variable in Container["env"].Items.Where(variable => variable.Has("value")))
                setup.Settings[variable["name"].Text.Replace("__", ":", StringComparison.Ordinal)] = variable["value"].Text;
        });

        Assert.That(
            log.Lines.Where(line => line.Level >= LogLevel.Warning)
            .Where(line => line.Category.StartsWith("ChatStream", StringComparison.Ordinal)),
            Is.Empty);
    }

    private static YamlFile Of(string kind) => All.Single(part => part["kind"].Text == kind);
}
