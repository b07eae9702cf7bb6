using ChatStream.Web.Contract;
using ChatStream.Web.Conversations.Presets;
using ChatStream.Web.Providers;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Prompts;

/// <summary>Finds every fault in the team's prompts. Each fault is a sentence that begins with its key.</summary>
internal sealed class TeamPromptCheck(IServiceProvider services)
    : IValidateOptions<PromptLibraryOptions>, IValidateOptions<WelcomeOptions>
{
    public ValidateOptionsResult Validate(string? name, PromptLibraryOptions options) =>
        Check(options.Prompts, $"{PromptLibraryOptions.Section}:Prompts");

    public ValidateOptionsResult Validate(string? name, WelcomeOptions options) =>
        Check(options.Prompts, $"{WelcomeOptions.Section}:Prompts",
        [
            .. TooLong(options.Texts, WelcomeOptions.LongestText, "Texts"),
            .. TooLong(options.Notices, WelcomeOptions.LongestNotice, "Notices"),
        ]);

    private static IEnumerable<string> TooLong(Dictionary<string, string> texts, int longest, string name) =>
        texts.Where(text => text.Value.Length > longest)
            .Select(text => $"{WelcomeOptions.Section}:{name}:{text.Key} must have at most {longest} characters.");

    private ValidateOptionsResult Check(List<TeamPromptOptions> prompts, string section, params IEnumerable<string> others)
    {
        var faults = others.Concat(prompts.Index().SelectMany(one => Faults(one.Item, $"{section}:{one.Index}"))).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> Faults(TeamPromptOptions prompt, string key)
    {
        foreach (var (name, text) in Named("Text", prompt.Text, prompt.Texts))
        {
            if (PromptBook.FaultOfText(text) is not null)
                yield return $"{key}:{name} must have 1 to {PromptEntry.LongestText} characters, without NUL.";
        }
        foreach (var (name, title) in Named("Title", prompt.Title, prompt.Titles))
        {
            if (title.Length > 0 && PromptBook.FaultOfTitle(title) is not null)
                yield return $"{key}:{name} must have at most {PromptEntry.LongestTitle} characters, in one line.";
        }
        if (prompt.Model.Length > 0 && !IsThere(() => services.GetRequiredService<ModelCatalog>().Find(prompt.Model) is not null))
            yield return $"{key}:Model: there is no model '{prompt.Model}'.";
        if (prompt.Preset.Length > 0
            && !IsThere(() => services.GetRequiredService<PresetCatalog>().Find(prompt.Preset) is not null))
            yield return $"{key}:Preset: there is no preset '{prompt.Preset}'.";
    }

    private static IEnumerable<(string Key, string Value)> Named(
        string name, string value, Dictionary<string, string> translations) =>
        translations.Select(one => ($"{name}s:{one.Key}", one.Value)).Prepend((name, value));

    /// <summary>If the list itself is wrong, another line of the log says so.</summary>
    private static bool IsThere(Func<bool> look)
    {
        try
        {
            return look();
        }
        catch (OptionsValidationException)
        {
            return true;
        }
    }
}
