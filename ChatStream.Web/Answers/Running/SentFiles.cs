using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Files;
using ChatStream.Web.Providers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Running;

/// <summary>Reads the files of the messages that are sent to a model.</summary>
internal sealed class SentFiles(FileStore store, ModelCatalog catalog, IOptions<FilesOptions> options)
{
    /// <summary>Of a conversation without files.</summary>
    public static ILookup<string, AIContent> None { get; } =
        Array.Empty<string>().ToLookup(id => id, _ => default(AIContent)!);

    /// <summary>
    /// What goes before the text of each message. Of the images, the newest are sent, as many as the settings say, if the model
    /// sees images. In the place of the others stand their names.
    /// </summary>
    /// <param name="owner">The user.</param>
    /// <param name="context">What is sent, with the ids of its messages where they may have files.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="cancellationToken">The generation's token.</param>
    public async Task<ILookup<string, AIContent>> ReadAsync(
        Owner owner, PromptContext context, string model, CancellationToken cancellationToken)
    {
        var ids = context.Turns.SelectMany(turn => turn.MessageIds ?? []).ToList();
        if (ids.Count == 0)
            return None;
        var files = await store.OfMessagesAsync(owner, ids, cancellationToken);
        if (files.Count == 0)
            return None;
        var known = catalog.Find(model) ?? catalog.Default;
        var shown = Shown(files.OrderByDescending(file => ids.IndexOf(file.MessageId)), known.Images);
        var contents = new List<(string MessageId, AIContent Content)>();
        foreach (var file in files)
            contents.Add((file.MessageId, await ContentOfAsync(owner, file, shown.Contains(file), cancellationToken)));
        return contents.ToLookup(content => content.MessageId, content => content.Content);
    }

    private HashSet<SentFile> Shown(IEnumerable<SentFile> newestFirst, bool seesImages)
    {
        var (shown, bytes) = (new HashSet<SentFile>(), 0L);
        if (!seesImages)
            return shown;
        foreach (var image in newestFirst.Where(file => file.File.Kind == FileKind.Image))
        {
            bytes += image.File.Bytes;
            if (shown.Count == options.Value.MostImagesSent || bytes > options.Value.MostImageBytesSent)
                break;
            shown.Add(image);
        }
        return shown;
    }

    private async Task<AIContent> ContentOfAsync(
        Owner owner, SentFile sent, bool isShown, CancellationToken cancellationToken)
    {
        var file = sent.File;
        if (file.Kind != FileKind.Image)
            return new TextContent(GivenText.Of(
                file.Id, sent.Name, (await store.TextAsync(owner, file, cancellationToken))!) + "\n\n");
        return isShown
            ? new DataContent(await store.ContentAsync(owner, file, cancellationToken), file.MediaType)
            : new TextContent(GivenText.OfUnsentImage(sent.Name) + "\n\n");
    }
}
