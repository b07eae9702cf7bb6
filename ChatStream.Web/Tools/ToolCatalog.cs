using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Settings;
using ChatStream.Web.Tools.Mcp;
using ChatStream.Web.Tools.Own;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Tools;

/// <summary>The tools of the settings: our own, and those of servers.</summary>
internal sealed class ToolCatalog : INamesGroups
{
    private readonly List<Tool> _own = [];
    private readonly McpServers _servers;
    private readonly McpUserServers _userServers;
    private readonly ModelCatalog _models;
    private readonly ToolOptions _options;

    public ToolCatalog(
        IOptions<ToolOptions> options, ModelCatalog models, McpServers servers, McpUserServers userServers, TimeProvider time)
    {
        (_options, _models, _servers, _userServers) = (options.Value, models, servers, userServers);
        if (_options.Clock.Enabled)
            _own.Add(Own(new ClockFunction(time), _options.Clock));
        if (_options.Calculator.Enabled)
            _own.Add(Own(new CalculatorFunction(), _options.Calculator));
    }

    public IEnumerable<string> Groups =>
    [
        .. _options.Clock.Groups, .. _options.Calculator.Groups,
        .. _options.McpServers.Values.SelectMany(server =>
            server.Groups.Concat(server.Tools.Values.SelectMany(tool => tool.Groups ?? []))),
    ];

    /// <summary>Whether answers of a model may call tools at all. Costs nothing.</summary>
    public bool IsFor(string model) =>
        (_own.Count > 0 || _servers.Any || _userServers.Any) && _models.Find(model) is { Tools: true };

    /// <summary>
    /// The tools that an answer may call. A server that has not begun to answer is waited for a moment, and then left out.
    /// </summary>
    /// <param name="model">The model that answers.</param>
    /// <param name="owner">The user.</param>
    /// <param name="rights">What the user may do.</param>
    /// <param name="called">The names of tools that it has called already. It keeps those.</param>
    /// <param name="cancellationToken">The generation's token.</param>
    public async Task<ToolSet> ForAsync(
        string model, Owner owner, Rights rights, IReadOnlyCollection<string> called, CancellationToken cancellationToken)
    {
        if (!IsFor(model))
            return new ToolSet([]);
        var served = _servers.Any ? await _servers.ToolsAsync(cancellationToken) : [];
        var ofUser = _userServers.Any ? await _userServers.ToolsAsync(owner, cancellationToken) : [];
        return new ToolSet(_own.Concat(served).Concat(ofUser).DistinctBy(tool => tool.Name, StringComparer.Ordinal)
            .Where(tool => tool.IsFor(model, rights) || called.Contains(tool.Name)));
    }

    private static Tool Own(AIFunction function, OwnToolOptions options) => new()
    {
        Declaration = function,
        CallAsync = async (arguments, token) =>
        {
            try
            {
                return new ToolOutcome((string)(await function.InvokeAsync(arguments, token))!);
            }
            catch (ArgumentException fault)
            {
                return ToolOutcome.Fault(fault.Message);
            }
        },
        Asks = options.Consent == ConsentRule.Always,
        IsIdempotent = true,
        Models = options.Models,
        Groups = options.Groups,
    };
}
