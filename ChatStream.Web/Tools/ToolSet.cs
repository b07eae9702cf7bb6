using Microsoft.Extensions.AI;

namespace ChatStream.Web.Tools;

/// <summary>The tools that one answer may call, by their names.</summary>
internal sealed class ToolSet(IEnumerable<Tool> tools)
{
    /// <summary>Tools that a request may have: more are refused by OpenAI's interface.</summary>
    public const int Most = 128;

    private readonly Dictionary<string, Tool> _byName =
        tools.Take(Most).ToDictionary(tool => tool.Name, StringComparer.Ordinal);

    public bool IsEmpty => _byName.Count == 0;

    /// <summary>As a request to a model has them. In one order, so that services can remember the beginning.</summary>
    public IList<AITool> Declarations =>
        [.. _byName.Values.OrderBy(tool => tool.Name, StringComparer.Ordinal).Select(tool => tool.Declaration)];

    public Tool? Find(string name) => _byName.GetValueOrDefault(name);
}
