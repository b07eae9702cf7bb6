using ChatStream.Web.Storage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

/// <summary>What the folder of the data must be like.</summary>
internal sealed class DataFolderTests
{
    [TestCase("nfs")]
    [TestCase("nfs4")]
    [TestCase("cifs")]
    [TestCase("smb2")]
    [TestCase("SMB")]
    public void Sqlite_is_refused_on_a_network_share(string format) => Assert.That(
        DataFolder.FaultOfDisk("/data", format),
        Does.StartWith($"'/data' is on a network share ({format}). ").And.EndsWith("PostgreSQL (ConnectionStrings:Postgres)."));

    [TestCase("ext4")]
    [TestCase("ext2/ext3")]
    [TestCase("overlay")]
    [TestCase("tmpfs")]
    [TestCase("fuseblk")]
    [TestCase("")]
    public void A_local_disk_will_do(string format) => Assert.That(DataFolder.FaultOfDisk("/data", format), Is.Null);

    [Test]
    public void A_share_of_Windows_is_one_too() => Assert.That(DataFolder.FaultOfDisk(@"\\server\share", ""), Is.Not.Null);

    [Test]
    public void A_folder_is_made_with_that_of_the_keys_and_nothing_is_left_in_it([Values] bool isOfSqlite)
    {
        var folder = Path.Combine(Directory.CreateTempSubdirectory("chatstream-").FullName, "new");

        Assert.That(DataFolder.FaultOf(folder, isOfSqlite), Is.Null);

        Assert.That(Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName),
            Is.EqualTo(new[] { "keys" }));
        Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
    }

    [TestCase("/proc/chatstream", true)]
    [TestCase("/proc/chatstream", false)]
    [TestCase("/sys", false)]
    public void A_folder_that_cannot_be_written_to_is_named(string folder, bool isOfSqlite) =>
        Assert.That(DataFolder.FaultOf(folder, isOfSqlite), Does.StartWith($"'{folder}' cannot be written to ("));
}
