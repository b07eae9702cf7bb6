using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ChatStream.Web.Contract;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Prompts;

/// <summary>What the first screen says, by the settings.</summary>
public sealed class Welcome
{
    /// <summary>Characters of a text that stand for a missing title.</summary>
    private const int TitleOfText = 60;

    internal Welcome(WelcomeOptions options)
    {
        (Text, Notice) = (options.Text.Trim(), options.Notice.Trim());
        NoticeName = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Notice)).AsSpan(0, 9));
        Prompts = [.. options.Prompts.Select(EntryOf)];
    }

    /// <summary>What this ChatStream is for; empty: nothing is said.</summary>
    public string Text { get; }

    /// <summary>Empty: there is none.</summary>
    public string Notice { get; }

    /// <summary>Another text has another name.</summary>
    public string NoticeName { get; }

    /// <summary>Prompts to begin with.</summary>
    public IReadOnlyList<PromptEntry> Prompts { get; }

    internal static Welcome From(IServiceProvider services) => new(services.GetRequiredService<IOptions<WelcomeOptions>>().Value);

    internal static PromptEntry EntryOf(TeamPromptOptions prompt) => new()
    {
        Title = prompt.Title.Length > 0 ? prompt.Title : Beginning(prompt.Text),
        Text = prompt.Text,
        Model = prompt.Model.Length > 0 ? prompt.Model : null,
        Preset = prompt.Preset.Length > 0 ? prompt.Preset : null,
    };

    private static string Beginning(string text)
    {
        var line = text.Trim().Split('\n')[0].Trim();
        return line.Length <= TitleOfText ? line : $"{line[..TitleOfText].TrimEnd()}…";
    }
}
