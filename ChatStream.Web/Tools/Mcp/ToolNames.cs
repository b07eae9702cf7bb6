using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ChatStream.Web.Tools.Own;

namespace ChatStream.Web.Tools.Mcp;

/// <summary>
/// The names by which models know the tools of a server: distinct, of the characters and the length that services take. They
/// depend on nothing but the settings and the server's own names, so that every instance gives the same ones.
/// </summary>
internal static partial class ToolNames
{
    /// <summary>Names that differ in what services do not take get a mark that is made of the server's own name.</summary>
    /// <param name="server">The server's name in the settings.</param>
    /// <param name="tools">The server's own names of them, each once.</param>
    /// <param name="servers">The names of all servers in the settings.</param>
    public static IReadOnlyDictionary<string, string> Of(
        string server, IReadOnlyCollection<string> tools, IReadOnlyCollection<string> servers)
    {
        var alike = tools.ToLookup(tool => Plain($"{server}_{tool}", Storage.ToolCall.LongestName), StringComparer.Ordinal);
        return alike.SelectMany(some => some.Select(tool => (tool, name: some.Key)))
            .ToDictionary(named => named.tool, named =>
                IsAnothers(named.name) || (named.name != $"{server}_{named.tool}" && alike[named.name].Skip(1).Any())
                    ? Marked(server, named.tool) : named.name, StringComparer.Ordinal);

        // A tool "b_c" of a server "a" would have the name of a tool "c" of a server "a_b".
        bool IsAnothers(string name) => name == ClockFunction.ToolName || servers.Any(other => other.Length > server.Length
            && name.StartsWith($"{other}_", StringComparison.Ordinal));
    }

    private static string Marked(string server, string tool)
    {
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tool)).AsSpan(0, 4));
        return $"{Plain($"{server}_{tool}", Storage.ToolCall.LongestName - mark.Length - 1)}_{mark}";
    }

    private static string Plain(string name, int most)
    {
        var plain = NotInNames().Replace(name, "_");
        return plain.Length <= most ? plain : plain[..most];
    }

    [GeneratedRegex("[^A-Za-z0-9_-]")]
    private static partial Regex NotInNames();
}
