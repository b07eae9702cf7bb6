namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>The sources that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Tests => Path.Combine(Root, "ChatStream.Web.Tests");

    /// <summary>The folder for results of a run; git ignores it.</summary>
    public static string Artifacts => Directory.CreateDirectory(Path.Combine(Root, "artifacts")).FullName;

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ChatStream.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"There is no ChatStream.sln above {AppContext.BaseDirectory}.");
    }
}
