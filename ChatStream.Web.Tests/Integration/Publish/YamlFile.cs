using ChatStream.Web.Tests.Infrastructure;
using YamlDotNet.RepresentationModel;

namespace ChatStream.Web.Tests.Integration.Publish;

/// <summary>A part of a YAML file of the repository. What is not there fails the test.</summary>
internal sealed class YamlFile(YamlNode node, string path)
{
    public string Text => ((YamlScalarNode)node).Value!;

    public IReadOnlyList<YamlFile> Items =>
        [.. ((YamlSequenceNode)node).Children.Select((child, index) => new YamlFile(child, $"{path}[{index}]"))];

    private IDictionary<YamlNode, YamlNode> Named => ((YamlMappingNode)node).Children;

    public YamlFile this[string name] => Named.TryGetValue(new YamlScalarNode(name), out var child)
        ? new YamlFile(child, $"{path}.{name}")
        : throw new InvalidOperationException($"There is no {path}.{name}");

    public YamlFile this[int index] => Items[index];

    public bool Has(string name) => node is YamlMappingNode mapping && mapping.Children.ContainsKey(new YamlScalarNode(name));

    public static IReadOnlyList<YamlFile> ReadAll(params string[] path)
    {
        using var reader = File.OpenText(Path.Combine([Repository.Root, .. path]));
        var stream = new YamlStream();
        stream.Load(reader);
        return [.. stream.Documents.Select(document => new YamlFile(document.RootNode, path[^1]))];
    }
}
