using System.Collections.Concurrent;
using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Tools.Permissions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Tools.Mcp;

/// <summary>
/// The servers that work with each user's own permission. Each permission has a connection of its own, made when an answer needs
/// it, and given up when it has not been used for a while. Thread-safe.
/// </summary>
internal sealed class McpUserServers(
    IOptions<ToolOptions> options, PermissionBook permissions, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    /// <summary>Connections that are kept. Beyond that the one that has not been used for longest is given up.</summary>
    private const int Most = 500;

    private static readonly JsonElement NoArguments =
        JsonElement.Parse("""{"type":"object","properties":{},"additionalProperties":false}""");

    private readonly Lock _gate = new();
    private readonly Dictionary<(string OwnerId, string Server), Kept> _kept = [];
    private readonly ConcurrentDictionary<string, McpPatience> _patience = new(StringComparer.Ordinal); // by server

    public bool Any => options.Value.McpServers.Values.Any(server => server.OAuth.IsUsed);

    private TimeSpan KeptFor => options.Value.CallFor + TimeSpan.FromMinutes(10);

    /// <summary>
    /// The tools of all servers that a user has given permission to, and of each other server one that says so.
    /// </summary>
    public async Task<IReadOnlyList<Tool>> ToolsAsync(Owner owner, CancellationToken cancellationToken)
    {
        // A program has no browser to give permission with.
        if (owner.IsProgram)
            return [];
        var tools = await Task.WhenAll(options.Value.McpServers.Where(server => server.Value.OAuth.IsUsed)
            .Select(server => ToolsAsync(owner, server.Key, server.Value, cancellationToken)));
        return [.. tools.SelectMany(some => some)];
    }

    public async ValueTask DisposeAsync()
    {
        List<Kept> all;
        lock (_gate)
        {
            all = [.. _kept.Values];
            _kept.Clear();
        }
        await Task.WhenAll(all.Select(kept => kept.Server.DisposeAsync().AsTask()));
    }

    private async Task<IReadOnlyList<Tool>> ToolsAsync(
        Owner owner, string name, McpServerOptions server, CancellationToken cancellationToken)
    {
        if (await permissions.FindAsync(owner, name, cancellationToken) is not { } grant)
            return [ForPermission(name, server)];
        var tools = await ServerFor(owner, name, server, grant.Id).ToolsAsync(cancellationToken);
        return tools.Count == 0 && await permissions.FindAsync(owner, name, cancellationToken) is null
            ? [ForPermission(name, server)] // the server has just refused it
            : [.. tools.Select(tool => tool with { CallAsync = Used(owner, name, tool.CallAsync) })];
    }

    private McpServer ServerFor(Owner owner, string name, McpServerOptions server, string grantId)
    {
        List<McpServer> given = [];
        McpServer found;
        lock (_gate)
        {
            var now = time.GetTimestamp();
            foreach (var (key, kept) in _kept.Where(kept => time.GetElapsedTime(kept.Value.UsedAt, now) > KeptFor).ToList())
            {
                _kept.Remove(key);
                given.Add(kept.Server);
            }
            if (_kept.TryGetValue((owner.Id, name), out var known) && known.GrantId == grantId)
            {
                known.UsedAt = now;
                found = known.Server;
            }
            else
            {
                if (known is not null)
                    given.Add(known.Server);
                if (_kept.Count >= Most && _kept.MinBy(kept => kept.Value.UsedAt) is var oldest && _kept.Remove(oldest.Key))
                    given.Add(oldest.Value.Server);
                found = new McpServer(name, server, () => new UserBearer(permissions, owner, name), time, loggers)
                {
                    Servers = options.Value.McpServers.Keys,
                    Patience = _patience.GetOrAdd(name, _ => new McpPatience()),
                };
                _kept[(owner.Id, name)] = new Kept(found, grantId) { UsedAt = now };
            }
        }
        foreach (var old in given)
            _ = DropAsync(old);
        return found;
    }

    private Func<AIFunctionArguments, CancellationToken, Task<ToolOutcome>> Used(
        Owner owner, string name, Func<AIFunctionArguments, CancellationToken, Task<ToolOutcome>> call) => (arguments, token) =>
    {
        lock (_gate)
        {
            if (_kept.TryGetValue((owner.Id, name), out var known))
                known.UsedAt = time.GetTimestamp();
        }
        return call(arguments, token);
    };

    private static async Task DropAsync(McpServer server)
    {
        try
        {
            await server.DisposeAsync();
        }
        catch (Exception)
        {
            // Its connection is broken already.
        }
    }

    // Without it the model would not know that there is such a server, and could not say so.
    private static Tool ForPermission(string name, McpServerOptions server) => new()
    {
        Declaration = AIFunctionFactory.CreateDeclaration(
            $"{name}_permission",
            $"Call this if the user's request needs the tools of '{name}'. They are not available until the user has given "
            + "permission, and this shows the user how.",
            NoArguments),
        CallAsync = (_, _) => Task.FromResult(ToolOutcome.NeedsPermission(name)),
        Asks = false,
        Models = server.Models,
        Groups = server.Groups,
    };

    private sealed class Kept(McpServer server, string grantId)
    {
        public McpServer Server => server;

        public string GrantId => grantId;

        public long UsedAt { get; set; }
    }
}
