using System.Text;
using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Files;
using ChatStream.Web.Files.Images;
using ChatStream.Web.Providers;
using ChatStream.Web.Storage;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Running;

/// <summary>
/// The images of tools' results. They are hostile like uploads, and go the same way: told by their content, written anew, stored
/// as files of the user.
/// </summary>
internal sealed class ToolImages(FileStore store, ModelCatalog catalog, IOptions<FilesOptions> options)
{
    /// <summary>Images of one answer.</summary>
    private const int MostOfAnswer = 40;

    /// <summary>Of a request without images.</summary>
    public static ILookup<string, AIContent> None { get; } =
        Array.Empty<string>().ToLookup(id => id, _ => default(AIContent)!);

    /// <summary>Stores the images of a result.</summary>
    /// <param name="generation">Runs the answer.</param>
    /// <param name="tool">The tool's name.</param>
    /// <param name="images">As the server sent them.</param>
    /// <returns>What to add to the result's text, and the files' ids, separated by blanks; null: none was taken.</returns>
    public async Task<(string Notes, string? Files)> KeepAsync(Generation generation, string tool, IReadOnlyList<byte[]> images)
    {
        var notes = new StringBuilder();
        var files = new List<string>();
        var room = MostOfAnswer - generation.Tools.Sum(call => call.FileIds.Count);
        foreach (var (i, content) in images.Index())
        {
            var fault = files.Count < room ? null : "the answer has too many images";
            try
            {
                if (fault is null && await StoreAsync(generation.Owner, $"{tool}-{i + 1}", content) is { } id)
                    files.Add(id);
                else
                    fault ??= "it is no image of a known format";
            }
            catch (RefusedException refused)
            {
                fault = refused.Refusal.Detail;
            }
            if (fault is not null)
                notes.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n[image {i + 1} was left out: {fault}]");
        }
        return (notes.ToString(), files.Count > 0 ? string.Join(' ', files.Distinct(StringComparer.Ordinal)) : null);
    }

    /// <summary>Tokens of images, as the model counts them; 0 if it sees none.</summary>
    public async Task<long> TokensAsync(
        Owner owner, IReadOnlyList<string> ids, string model, CancellationToken cancellationToken)
    {
        var known = catalog.Find(model) ?? catalog.Default;
        return ids.Count == 0 || !known.Images ? 0
            : (await store.FindAsync(owner, ids, cancellationToken)).Sum(file =>
                file is { Width: { } width, Height: { } height } ? known.TokensOfImage(width, height) : 0L);
    }

    /// <summary>
    /// The images of calls, by the calls' ids: the newest ones, as many as the settings say, if the model sees images.
    /// </summary>
    public async Task<ILookup<string, AIContent>> ReadAsync(
        Owner owner, IEnumerable<ToolCall> calls, string model, CancellationToken cancellationToken)
    {
        var with = calls.Where(call => call.Files is not null).ToList();
        if (with.Count == 0 || (catalog.Find(model) ?? catalog.Default) is not { Images: true })
            return None;
        var files = (await store.FindAsync(owner, [.. with.SelectMany(call => call.FileIds).Distinct()], cancellationToken))
            .ToDictionary(file => file.Id, StringComparer.Ordinal);
        var (contents, bytes) = (new List<(string CallId, AIContent Content)>(), 0L);
        foreach (var (callId, id) in with.AsEnumerable().Reverse().SelectMany(call => call.FileIds.Select(id => (call.Id, id))))
        {
            if (!files.TryGetValue(id, out var file))
                continue;
            bytes += file.Bytes;
            if (contents.Count == options.Value.MostImagesSent || bytes > options.Value.MostImageBytesSent)
                break;
            contents.Add((callId, new DataContent(await store.ContentAsync(owner, file, cancellationToken), file.MediaType)));
        }
        return contents.ToLookup(content => content.CallId, content => content.Content);
    }

    /// <summary>Gives an answer the files of a call that is stored as done.</summary>
    public static Task AddAsync(ChatDbContext db, ToolCall call, DateTimeOffset now) =>
        StartFiles.AddAsync(db, call.ConversationId, call.MessageId, call.FileIds, now, first: call.Number * MostOfAnswer);

    private async Task<string?> StoreAsync(Owner owner, string name, byte[] content)
    {
        var limits = options.Value;
        if (!limits.Enabled)
            throw FileRefusals.Off();
        if (content.Length > limits.MostBytes)
            throw FileRefusals.TooLarge(limits.MostBytes);
        if (CleanImage.Read(content, limits.MostPixels) is not { } image)
            return null;
        var read = new ReadFile(FileKind.Image, image.MediaType, image.Content) { Width = image.Width, Height = image.Height };
        var file = await store.StoreAsync(
            owner, $"{name}.{image.MediaType["image/".Length..]}", read, _ => Task.FromResult(0));
        return file.Id;
    }
}
