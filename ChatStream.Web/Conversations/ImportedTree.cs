using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>A <see cref="ConversationTree"/> as an import reads it: never the whole of it is in memory.</summary>
internal sealed record ImportedTree
{
    public required string Id { get; init; }
    public required string Title { get; init; }
    public required string LeafId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public string? Preset { get; init; }
    public string? Effort { get; init; }
    public string? Verbosity { get; init; }
    public string? SystemPrompt { get; init; }
    public FolderNode? Folder { get; init; }
    public bool? Pinned { get; init; }
    public required ImportedList<MessageNode> Messages { get; init; }
    public IReadOnlyList<SummaryNode?>? Summaries { get; init; }
    public ImportedList<FileNode>? Files { get; init; }

    /// <summary>Reads the JSON piece by piece.</summary>
    /// <param name="json">The body. The reading blocks.</param>
    /// <param name="each">Gets each message as soon as it was read. What it throws ends the reading.</param>
    /// <param name="eachFile">Gets each file.</param>
    /// <param name="remarks">Gets the names of members that are not known; null: they are skipped.</param>
    /// <exception cref="JsonException">It is not the JSON of a tree.</exception>
    /// <exception cref="RefusedException">400: it is <c>null</c>.</exception>
    public static ImportedTree Read(Stream json, Action<MessageNode?> each, Action<FileNode?> eachFile, ImportRemarks? remarks)
    {
        var unknown = new CountedMembers(remarks);
        var options = new JsonSerializerOptions(ImportJson.Default.Options)
        {
            TypeInfoResolver = ImportJson.Default.WithAddedModifier(type =>
            {
                if (type.Type == typeof(ImportedList<MessageNode>))
                    type.CreateObject = () => new ImportedList<MessageNode>(each);
                else if (type.Type == typeof(ImportedList<FileNode>))
                    type.CreateObject = () => new ImportedList<FileNode>(eachFile);
                else if (type.Kind == JsonTypeInfoKind.Object)
                    Skip(type, unknown);
            }),
        };
        return JsonSerializer.Deserialize(json, (JsonTypeInfo<ImportedTree>)options.GetTypeInfo(typeof(ImportedTree)))
            ?? throw new RefusedException(400, "body", "The body must be a JSON object.");
    }

    // An export of a later version has members that this one does not know.
    private static void Skip(JsonTypeInfo type, CountedMembers unknown)
    {
        var rest = type.CreateJsonPropertyInfo(typeof(IDictionary<string, JsonElement>), "rest");
        rest.IsExtensionData = true;
        rest.Get = _ => unknown;
        rest.Set = (_, _) => { };
        type.Properties.Add(rest);
    }
}

/// <summary>Reads a conversation, whole, each time that it is called.</summary>
/// <param name="each">Gets each message, parents first.</param>
/// <param name="eachFile">Gets each file.</param>
/// <param name="withContents">Whether the contents of files are wanted. If not, those of an archive are empty.</param>
/// <returns>The rest.</returns>
internal delegate ImportedTree ImportSource(Action<MessageNode?> each, Action<FileNode?> eachFile, bool withContents);

/// <summary>Reads as <see cref="WireJson"/> does, but for members that are not known.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    Converters = [typeof(ClosedSetConverter)])]
[JsonSerializable(typeof(ImportedTree))]
[JsonSerializable(typeof(IDictionary<string, JsonElement>))]
internal sealed partial class ImportJson : JsonSerializerContext;
