using System.Diagnostics;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Publish;

/// <summary><c>deploy/kubernetes.yaml</c> is what the schemas of Kubernetes ask for.</summary>
internal sealed class ManifestSchemaTests
{
    private string _types = null!;

    private static string Manifest => File.ReadAllText(Path.Combine(Repository.Root, "deploy", "kubernetes.yaml"));

    // Below the packages, so that the script and the compiler find them.
    [SetUp]
    public void MakeFolder() => _types = Directory.CreateDirectory(
        Path.Combine(Repository.Tests, "obj", "manifests", TestContext.CurrentContext.Test.ID)).FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_types, recursive: true);

    [Test]
    public void It_is_valid() => Assert.That(FaultsIn(Manifest), Is.Empty);

    [TestCase("replicas: ", "replicas: x", "spec/replicas")]
    [TestCase("automountServiceAccountToken:", "automountServiceToken:", "automountServiceToken")]
    [TestCase("policyTypes:", "policyType:", "policyType")]
    [TestCase("selector:", "select:", "selector")]
    public void A_mistake_in_the_manifest_is_found(string right, string wrong, string named) =>
        Assert.That(FaultsIn(Replaced(Manifest, right, wrong)), Does.Contain(named));

    private static string Replaced(string text, string right, string wrong)
    {
        Assert.That(text, Does.Contain(right));
        return text.Replace(right, wrong, StringComparison.Ordinal);
    }

    private string FaultsIn(string manifest)
    {
        var file = Path.Combine(_types, "kubernetes.yaml");
        File.WriteAllText(file, manifest);
        var faults = Run(Path.Combine(Repository.Tests, "Integration", "Publish", "kubernetes.mjs"), file, _types);
        var parts = Directory.GetFiles(_types, "part*.mts");
        Assert.That(parts, Has.Length.EqualTo(5), faults);
        return faults + Run(
        [
            Path.Combine(Repository.Root, "ChatStream.Web", "node_modules", "typescript", "bin", "tsc"), "--noEmit", "--strict",
            "--skipLibCheck", "--module", "nodenext", "--target", "es2022", .. parts,
        ]);
    }

    private static string Run(params string[] arguments) =>
        RealProcess.Run(new ProcessStartInfo(RealParts.NodeWithPackages, arguments)).Output;
}
