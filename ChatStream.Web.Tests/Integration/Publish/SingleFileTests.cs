using System.Diagnostics;
using System.Net;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Publish;

/// <summary>The single file of a clean copy of the sources, where it can write to its data and to <c>/tmp</c> only.</summary>
[SoakOnly]
[CancelAfter(600_000)]
[Platform("Linux", Reason = "A mounted file system.")]
internal sealed class SingleFileTests
{
    private const string Program = "ChatStream.Web";
    private const string Listening = "Now listening on: ";

    // The root can only be read; /mnt/data and an own /tmp can be written to. The program takes the place of the shell.
    private const string ReadOnly = """
        set -e
        mount -t tmpfs tmpfs /mnt
        mkdir /mnt/app /mnt/data
        mount --bind "$1" /mnt/app
        mount --bind "$2" /mnt/data
        mount -t tmpfs tmpfs /tmp
        mount -o remount,bind,ro /mnt/app
        mount -o remount,bind,ro /mnt
        mount -o remount,bind,ro /
        cd /mnt/app
        ! touch /mnt/app/x /var/x 2> /dev/null
        exec "$3"
        """;

    private CleanCopy _copy = null!;
    private string _published = null!;
    private string _data = null!;

    [OneTimeSetUp]
    public void Publish()
    {
        _ = RealParts.Node;
        _copy = CleanCopy.Make();
        _published = Path.Combine(_copy.Folder, "out");
        var (output, exitCode) = _copy.Dotnet(
            null, "publish", Program, "-p:PublishProfile=SingleFile", "-r", PublishedAppTests.Runtime, "-o", _published);
        Assert.That(exitCode, Is.Zero, output);
        _data = Directory.CreateTempSubdirectory("chatstream-data-").FullName;
    }

    [OneTimeTearDown]
    public void Remove()
    {
        _copy?.Dispose();
        if (_data is not null)
            Directory.Delete(_data, recursive: true);
    }

    [Test]
    public async Task It_serves_from_a_read_only_folder_and_stops_at_sigterm(CancellationToken timeout)
    {
        await using var app = Start();
        var address = await AddressAsync(app);
        using var user = new ChatClient(address);

        Assert.That(await user.Http.GetStringAsync("/health/live", timeout), Is.EqualTo("Healthy"));
        Assert.That(await user.Http.GetStringAsync("/health/ready", timeout), Is.EqualTo("Healthy"));
        Assert.That(await user.Http.GetStringAsync("/", timeout), Does.Contain("</html>").And.Contain("/dist/main."));
        Assert.That(
            await user.Http.GetStringAsync("/dist/licences.txt", timeout), Does.Contain("markdown-it").And.Contain("katex"));
        await using var stream = await (await user.StartAsync("Hello", timeout)).ToEndAsync();
        Assert.That(stream.Text, Is.Not.Empty, "the demo model answers");
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));

        app.Terminate();

        Assert.That(await app.Exited.WaitAsync(timeout), Is.Zero, app.Output);
        Assert.That(app.Output, Does.Not.Contain(" WARN ").And.Not.Contain(" ERROR "));
        Assert.That(File.Exists(Path.Combine(_data, "chatstream.db")), "what must survive is in Data:Path");
    }

    /// <summary>As an upgrade does: the folder is replaced, and the data stay.</summary>
    [Test]
    public async Task Another_folder_goes_on_with_the_same_data(CancellationToken timeout)
    {
        string? conversation;
        CookieContainer cookies;
        await using (var before = Start())
        {
            using var user = new ChatClient(await AddressAsync(before));
            conversation = (await user.AskAsync("Before the upgrade")).GetProperty("conversationId").GetString();
            cookies = user.Cookies;
            before.Terminate();
            Assert.That(await before.Exited.WaitAsync(timeout), Is.Zero, before.Output);
        }
        var moved = _published + "-new";
        Directory.Move(_published, moved);
        _published = moved;

        await using var after = Start();
        using var same = new ChatClient(await AddressAsync(after), cookies);
        Assert.That(
            await same.Http.GetStringAsync($"/conversations/{conversation}", timeout), Does.Contain("Before the upgrade"));
    }

    [Test]
    public void It_has_the_runtime_in_it_and_little_beside_it()
    {
        var beside = Directory.EnumerateFileSystemEntries(_published).Select(Path.GetFileName).ToList();

        Assert.That(new FileInfo(Path.Combine(_published, Program)).Length, Is.GreaterThan(60_000_000));
        Assert.That(beside.Where(file => file!.EndsWith(".dll", StringComparison.Ordinal)), Is.Empty);
        Assert.That(beside, Does.Contain("appsettings.json").And.Contain("nlog.config").And.Contain("wwwroot"));
        Assert.That(beside, Has.Count.LessThan(15), string.Join(", ", beside));
    }

    private RealProcess Start()
    {
        string[] asRoot = Environment.IsPrivilegedProcess ? [] : ["--map-root-user"];
        var start = new ProcessStartInfo(
            "unshare", ["--mount", .. asRoot, "sh", "-c", ReadOnly, "sh", _published, _data, $"./{Program}"]);
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Data__Path"] = "/mnt/data";
        return RealProcess.Start(start);
    }

    private static async Task<Uri> AddressAsync(RealProcess app)
    {
        var line = await app.LineAsync(line => line.Contains(Listening, StringComparison.Ordinal));
        return new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim());
    }
}
