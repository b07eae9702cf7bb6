using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ChatStream.Benchmarks.Load;

/// <summary>The checkout that the command runs in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Publishes the app as the Dockerfile does.</summary>
    public static async Task<string> PublishAsync()
    {
        var folder = Path.Combine(Root, "artifacts", "load", "app");
        using var publish = Process.Start(new ProcessStartInfo(
            "dotnet", ["publish", Path.Combine(Root, "ChatStream.Web"), "--configuration", "Release", "--runtime", Runtime,
                "--nologo", "--verbosity", "quiet", "--output", folder]))!;
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? folder : throw new LoadException("ChatStream could not be published.");
    }

    private static string Runtime => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ChatStream.sln")))
                return folder.FullName;
        }
        throw new LoadException("The load needs a checkout: no folder above the program has a file ChatStream.sln.");
    }
}
