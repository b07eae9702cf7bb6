using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Prompts;

/// <summary>What the first screen says, by the settings.</summary>
public sealed class Welcome
{
    private readonly WelcomeOptions _options;

    internal Welcome(WelcomeOptions options)
    {
        _options = options;
        var all = string.Join('\n', options.Notices.OrderBy(one => one.Key, StringComparer.Ordinal)
            .Select(one => one.Value.Trim()).Prepend(options.Notice.Trim()));
        NoticeName = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(all)).AsSpan(0, 9));
        Prompts = [.. options.Prompts.Select(prompt => new TeamPrompt(prompt))];
    }

    /// <summary>Another notice has another name, in all languages the same.</summary>
    public string NoticeName { get; }

    /// <summary>Prompts to begin with.</summary>
    public IReadOnlyList<TeamPrompt> Prompts { get; }

    /// <summary>What this ChatStream is for; empty: nothing is said.</summary>
    public string TextIn(string language) => _options.Texts.GetValueOrDefault(language, _options.Text).Trim();

    /// <summary>Empty: there is none.</summary>
    public string NoticeIn(string language) => _options.Notices.GetValueOrDefault(language, _options.Notice).Trim();

    internal static Welcome From(IServiceProvider services) => new(services.GetRequiredService<IOptions<WelcomeOptions>>().Value);
}
