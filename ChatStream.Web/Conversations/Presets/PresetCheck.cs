using System.Text.RegularExpressions;
using ChatStream.Web.Contract;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations.Presets;

/// <summary>Finds every fault in the configured presets. Each fault is a sentence that begins with its key.</summary>
internal sealed partial class PresetCheck : IValidateOptions<PresetListOptions>
{
    public ValidateOptionsResult Validate(string? name, PresetListOptions options)
    {
        List<string> faults = [];
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < options.Presets.Count; i++)
            faults.AddRange(Faults(options.Presets[i], $"{PresetListOptions.Section}:{i}", names));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(PresetOptions preset, string key, HashSet<string> names)
    {
        if (!Name().IsMatch(preset.Name))
            yield return $"{key}:Name must have 1 to {Manner.LongestName} letters of A-Z, a-z, 0-9, - and _.";
        else if (!names.Add(preset.Name))
            yield return $"{key}:Name: '{preset.Name}' names another preset already.";
        if (preset.Temperature is < 0 or > 2 or float.NaN)
            yield return $"{key}:Temperature must be between 0 and 2.";
        if (preset.TopP is < 0 or > 1 or float.NaN)
            yield return $"{key}:TopP must be between 0 and 1.";
        if (preset.Effort.Length > 0 && !Effort().IsMatch(preset.Effort))
            yield return $"{key}:Effort must be a word of a-z, such as low.";
        if (preset.Verbosity.Length > 0 && !Verbosity.IsKnown(preset.Verbosity))
            yield return $"{key}:Verbosity must be {Verbosity.Choices}.";
        if (preset.SystemPrompt.Length > Manner.LongestSystemPrompt)
            yield return $"{key}:SystemPrompt has more than {Manner.LongestSystemPrompt} characters.";
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[a-z]{1,32}\z")]
    private static partial Regex Effort();
}
