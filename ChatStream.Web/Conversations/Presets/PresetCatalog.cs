using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations.Presets;

/// <summary>The presets that a conversation may name: the configured ones, or else those of the app.</summary>
public sealed class PresetCatalog
{
    private static readonly Preset[] BuiltIn =
    [
        new("precise", "Precise")
        {
            Labels = new Dictionary<string, string> { ["de"] = "Genau", ["zh"] = "精确" },
            Description = "Short and exact answers, without guesses.",
            Descriptions = new Dictionary<string, string>
            {
                ["de"] = "Kurze und genaue Antworten, ohne Vermutungen.",
                ["zh"] = "简短而准确的回答，不作猜测。",
            },
            SystemPrompt = "Answer exactly and briefly. Say what is known, and say so where you are not sure.",
            Temperature = 0.2f,
            Verbosity = "low",
        },
        new("creative", "Creative")
        {
            Labels = new Dictionary<string, string> { ["de"] = "Kreativ", ["zh"] = "创意" },
            Description = "More ideas, in freer words.",
            Descriptions = new Dictionary<string, string>
            {
                ["de"] = "Mehr Ideen, in freieren Worten.",
                ["zh"] = "更多想法，更自由的表达。",
            },
            SystemPrompt = "Be inventive. Offer several ideas that differ, and write vividly.",
            Temperature = 1,
        },
    ];

    private readonly Dictionary<string, Preset> _byName;

    internal PresetCatalog(PresetListOptions configured, PromptOptions prompt)
    {
        All = configured.Presets.Count > 0 ? [.. configured.Presets.Select(Of)] : prompt.BuiltInPresets ? BuiltIn : [];
        _byName = All.ToDictionary(preset => preset.Name, StringComparer.OrdinalIgnoreCase);
    }

    public IReadOnlyList<Preset> All { get; }

    public Preset? Find(string name) => _byName.GetValueOrDefault(name);

    internal static PresetCatalog From(IServiceProvider services) => new(
        services.GetRequiredService<IOptions<PresetListOptions>>().Value,
        services.GetRequiredService<IOptions<PromptOptions>>().Value);

    private static Preset Of(PresetOptions preset) => new(preset.Name, preset.Label.Length > 0 ? preset.Label : preset.Name)
    {
        Labels = preset.Labels,
        Description = preset.Description,
        Descriptions = preset.Descriptions,
        SystemPrompt = preset.SystemPrompt,
        Temperature = preset.Temperature,
        TopP = preset.TopP,
        Effort = preset.Effort.Length > 0 ? preset.Effort : null,
        Verbosity = preset.Verbosity.Length > 0 ? preset.Verbosity : null,
    };
}
