using ChatStream.Web.Contract;

namespace ChatStream.Web.Prompts;

/// <summary>A prompt of the team, in the languages that the settings have.</summary>
public sealed class TeamPrompt
{
    /// <summary>Characters of a text that stand for a missing title.</summary>
    private const int TitleOfText = 60;

    private readonly TeamPromptOptions _options;

    internal TeamPrompt(TeamPromptOptions options) => _options = options;

    /// <param name="language">Where there is no translation, the prompt is as it was written.</param>
    public PromptEntry In(string language)
    {
        var text = _options.Texts.GetValueOrDefault(language, _options.Text);
        var title = _options.Titles.GetValueOrDefault(language, _options.Title);
        return new PromptEntry
        {
            Title = title.Length > 0 ? title : Beginning(text),
            Text = text,
            Model = _options.Model.Length > 0 ? _options.Model : null,
            Preset = _options.Preset.Length > 0 ? _options.Preset : null,
        };
    }

    private static string Beginning(string text)
    {
        var line = text.Trim().Split('\n')[0].Trim();
        return line.Length <= TitleOfText ? line : $"{line[..TitleOfText].TrimEnd()}…";
    }
}
