using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Builders;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>The files themselves.</summary>
internal sealed class GoldenFilesTests
{
    [Test]
    public void Each_test_has_a_file_of_its_own_and_each_file_a_test()
    {
        if (GoldenFile.IsUpdating)
            Assert.Ignore("The files are being written.");
        var tests = typeof(GoldenTest).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(GoldenTest)))
            .SelectMany(type => Leaves(new DefaultSuiteBuilder().BuildFrom(new TypeWrapper(type))));

        var files = Directory.GetFiles(GoldenFile.Folder, "*.txt").Select(path => Path.GetFileName(path)!);

        Assert.That(files.Order(), Is.EqualTo(tests.Select(test => GoldenFile.NameOf(test.ClassName!, test.Name)).Order()));
    }

    private static IEnumerable<ITest> Leaves(ITest test) => test.HasChildren ? test.Tests.SelectMany(Leaves) : [test];
}
