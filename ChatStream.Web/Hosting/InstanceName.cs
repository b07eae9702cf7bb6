using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Contract;
using ChatStream.Web.Settings;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

/// <summary>
/// Tells this ChatStream from others on the same host. A browser sends the cookies of a host to all its ports, so two apps with
/// one cookie name would overwrite each other's identities.
/// </summary>
internal sealed class InstanceName(
    IOptions<SiteOptions> site, IOptions<DataOptions> data, IHostEnvironment environment, IInstances instances, Cluster cluster)
    : IHostedService
{
    private string? _value;

    /// <summary>
    /// The setting, or else a random name that is kept in the data folder, or in the database that instances share, beside the
    /// keys of the cookies. The path of the folder would not do: it is the same in all containers.
    /// </summary>
    public string Value => _value ??= site.Value.InstanceName is { Length: > 0 } set ? set
        : instances.AreMany ? cluster.Name : Kept();

    /// <summary>Reads or makes the name, so that an app that cannot do so does not start.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = Value;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Kept()
    {
        var folder = data.Value.FolderUnder(environment.ContentRootPath);
        var file = Path.Combine(folder, DataFolder.Name);
        try
        {
            Directory.CreateDirectory(folder);
            if (!File.Exists(file))
                Make(file);
            var name = File.ReadAllText(file).Trim();
            return Ids.IsId(name) ? name : throw new SettingsException($"Data:Path: '{file}' does not hold a name. Remove it.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"Data:Path: '{folder}' cannot be used: {fault.Message}", fault);
        }
    }

    // Written whole, then renamed: the first of two processes wins, and neither reads half a name.
    private static void Make(string file)
    {
        var own = $"{file}.{Ids.New()}";
        File.WriteAllText(own, Ids.New());
        try
        {
            File.Move(own, file);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(own);
        }
    }
}
