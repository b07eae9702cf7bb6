using System.Collections.Concurrent;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Conversations.Presets;
using ChatStream.Web.Providers;

namespace ChatStream.Web.Answers;

/// <summary>Checks manners of conversations, and says how a model is asked by them.</summary>
internal sealed class Manners(ModelCatalog catalog, PresetCatalog presets, TokenCounter tokens, PromptRoom room) : IMannerCheck
{
    // Of conversations in which nothing was chosen: so nothing is made for each start.
    private readonly ConcurrentDictionary<string, AskedManner> _plain = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _presetTokens = new(StringComparer.Ordinal);

    /// <summary>How a model is asked. What it does not take is left out.</summary>
    /// <param name="model">The name of the model; one that is not configured any more counts as the default one.</param>
    /// <param name="manner">What was chosen for the conversation.</param>
    /// <param name="systemPromptTokens">The length of its system prompt in tokens.</param>
    public AskedManner For(string model, Manner manner, int systemPromptTokens)
    {
        if (manner != Manner.None)
            return Make(model, manner, systemPromptTokens);
        return _plain.GetOrAdd(model, static (name, manners) => manners.Make(name, Manner.None, 0), this);
    }

    /// <summary>Tokens that messages may have together where nothing was chosen for the conversation.</summary>
    public int RoomFor(string model) => For(model, Manner.None, 0).Room;

    /// <inheritdoc/>
    public MannerChange Check(MannerChange change, string? model)
    {
        if (change.IsEmpty)
            return change;
        var models = Answering(model);
        if (change.Preset?.Text is { } preset)
        {
            change = change with
            {
                Preset = presets.Find(preset)?.Name ?? throw new RefusedException(
                    400, "preset", "There is no such preset. GET /models lists those there are.", "unknown_preset"),
            };
        }
        if (change.Effort?.Text is { } effort)
            CheckEffort(effort, models);
        if (change.Verbosity?.Text is { } verbosity)
            CheckVerbosity(verbosity, models);
        if (change.SystemPrompt?.Text is not { } prompt)
            return change;
        CheckSystemPrompt(prompt);
        return VisibleText.IsIn(prompt) ? change : change with { SystemPrompt = (OptionalText)(string?)null };
    }

    /// <inheritdoc/>
    public async Task<int> CountAsync(MannerChange change, string? model, CancellationToken cancellationToken)
    {
        if (change.SystemPrompt?.Text is not { } prompt)
            return 0;
        var most = Answering(model).Min(known => RoomFor(known.Name)) / 2; // the other half stays for messages
        return await tokens.CountAsync(prompt, most, cancellationToken) ?? throw new RefusedException(
            400, "systemPrompt", $"The system prompt is too long; at most {most} tokens fit.", "system_prompt_too_long", most);
    }

    /// <inheritdoc/>
    public async Task<int> CountInstructionsAsync(string instructions, CancellationToken cancellationToken)
    {
        // A conversation's own may take half of the room beside them. So a quarter at least stays for messages.
        var most = catalog.Models.Min(known => RoomFor(known.Name)) / 4;
        return await tokens.CountAsync(instructions, most, cancellationToken) ?? throw new RefusedException(
            400, "instructions", $"The instructions are too long; at most {most} tokens fit.", "system_prompt_too_long", most);
    }

    private IReadOnlyList<Model> Answering(string? model) => model is null ? catalog.Models : [catalog.Find(model)!];

    private static void CheckEffort(string effort, IReadOnlyList<Model> models)
    {
        if (models.Any(known => known.Efforts.Contains(effort)))
            return;
        var efforts = models[0].Efforts;
        throw new RefusedException(400, "effort", models.Count > 1 ? "No model takes that effort."
            : efforts.Count == 0 ? "This model takes no effort."
            : $"This model does not take that effort. It takes {string.Join(", ", efforts)}.", "unknown_effort");
    }

    private static void CheckVerbosity(string verbosity, IReadOnlyList<Model> models)
    {
        if (!Verbosity.IsKnown(verbosity))
        {
            throw new RefusedException(
                400, "verbosity", $"A verbosity is {Verbosity.Choices}.", "unknown_verbosity");
        }
        if (!models.Any(known => known.Verbosity))
        {
            throw new RefusedException(
                400, "verbosity", models.Count > 1 ? "No model takes a verbosity." : "This model takes no verbosity.",
                "unknown_verbosity");
        }
    }

    private static void CheckSystemPrompt(string prompt)
    {
        if (prompt.Contains('\0', StringComparison.Ordinal))
        {
            throw new RefusedException(
                400, "systemPrompt", "The system prompt has a NUL character in it.", "system_prompt_has_nul");
        }
        if (prompt.Length > Manner.LongestSystemPrompt)
        {
            throw new RefusedException(
                400, "systemPrompt",
                $"The system prompt is {prompt.Length} characters long; at most {Manner.LongestSystemPrompt} fit.",
                "system_prompt_too_large", prompt.Length, Manner.LongestSystemPrompt);
        }
    }

    private AskedManner Make(string name, Manner manner, int systemPromptTokens)
    {
        var model = catalog.Find(name) ?? catalog.Default;
        // A preset that is not configured any more is left out.
        var preset = manner.Preset is null ? null : presets.Find(manner.Preset);
        var chosenTokens = PresetTokens(preset) + (manner.Folder?.Tokens ?? 0) + systemPromptTokens;
        string?[] parts = [room.SystemPrompt, preset?.SystemPrompt, manner.Folder?.Text, manner.SystemPrompt];
        return new AskedManner(
            string.Join("\n\n", parts.Where(part => part is { Length: > 0 })),
            room.TokensFor(model.ContextTokens) - chosenTokens)
        {
            InstructionTokens = room.PromptTokens + chosenTokens,
            Effort = Taken(manner.Effort) ?? Taken(preset?.Effort),
            Verbosity = model.Verbosity ? manner.Verbosity ?? preset?.Verbosity : null,
            Temperature = preset?.Temperature,
            TopP = preset?.TopP,
        };

        string? Taken(string? effort) => effort is not null && model.Efforts.Contains(effort) ? effort : null;
    }

    private int PresetTokens(Preset? preset) => preset is not { SystemPrompt.Length: > 0 }
        ? 0 : _presetTokens.GetOrAdd(preset.Name, _ => tokens.Count(preset.SystemPrompt));
}
