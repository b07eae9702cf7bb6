using System.Diagnostics;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Publish;

/// <summary>
/// A copy of the sources as git knows them, changes that are not committed included, and nothing that was built.
/// </summary>
internal sealed class CleanCopy : IDisposable
{
    private CleanCopy(string folder) => Folder = folder;

    public string Folder { get; }

    public static CleanCopy Make()
    {
        var (files, exitCode) =
            RealProcess.Run(new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard"])
            {
                WorkingDirectory = Repository.Root,
            });
        if (exitCode != 0)
            throw new InvalidOperationException($"git does not list the sources: {files}");

        var copy = new CleanCopy(Directory.CreateTempSubdirectory("chatstream-copy-").FullName);
        foreach (
            var file in files.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(file => File.Exists(Path.Combine(Repository.Root, file))))
        {
            var target = Path.Combine(copy.Folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(Repository.Root, file), target);
        }
        return copy;
    }

    /// <summary>Runs the .NET command line there, as in a shell of its own.</summary>
    public (string Output, int ExitCode) Dotnet(Action<ProcessStartInfo>? configure, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = Folder };
        // What "dotnet test" tells its children is not meant for another build.
        foreach (
            var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase))
            .ToList())
            start.Environment.Remove(name);
        // A server that outlives the build would keep its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        configure?.Invoke(start);
        return RealProcess.Run(start);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
