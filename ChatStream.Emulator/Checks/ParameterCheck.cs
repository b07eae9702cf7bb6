using System.Text.Json;

namespace ChatStream.Emulator.Checks;

/// <summary>Refuses a parameter that the model of a request does not take, in the service's words.</summary>
internal static class ParameterCheck
{
    private static readonly string[] Sampling = ["temperature", "top_p", "presence_penalty", "frequency_penalty"];

    public static Script? Refusal(EmulatedRequest request, ModelFamily family)
    {
        if (family.HasSchema)
        {
            string[] extra = ["stream_options", "max_completion_tokens", "reasoning_effort", "verbosity", "prompt_cache_key"];
            var found = request.Parameters.Intersect(extra).ToList();
            return found.Count == 0 ? null : AzureErrors.ExtraForbidden(found);
        }
        if (Value(request, "max_tokens") is not null && !family.TakesMaxTokens) return AzureErrors.UnsupportedParameter();
        var unrecognized = request.IsForResponses ? [] : UnknownTo(family).Where(request.Parameters.Contains).ToList();
        if (unrecognized.Count > 0) return AzureErrors.Unrecognized(unrecognized);
        return RefusalOfSampling(request, family) ?? RefusalOfReasoning(request, family) ?? RefusalOfVerbosity(request, family);
    }

    // Chat completions name all parameters at once that the model's own interface lacks.
    private static IEnumerable<string> UnknownTo(ModelFamily family)
    {
        if (!family.TakesMaxCompletionTokens) yield return "max_completion_tokens";
        if (family.Efforts is { Count: 0 }) yield return "reasoning_effort";
        if (family.Verbosities is { Count: 0 }) yield return "verbosity";
    }

    private static Script? RefusalOfSampling(EmulatedRequest request, ModelFamily family)
    {
        if (family.TakesSampling) return null;
        foreach (var name in Sampling)
        {
            if (Value(request, name) is not { } value) continue;
            // Models of the o series do not know the parameter. Later ones take its default.
            if (family.Name.StartsWith('o')) return AzureErrors.UnsupportedParameter(name, instead: null);
            var usual = name is "temperature" or "top_p" ? "1" : "0";
            if (value.GetRawText() != usual) return AzureErrors.OnlyTheDefault(name, value.GetRawText(), usual);
        }
        return null;
    }

    private static Script? RefusalOfReasoning(EmulatedRequest request, ModelFamily family)
    {
        var reasoning = Value(request, "reasoning");
        var (name, effort) = request.IsForResponses
            ? ("reasoning.effort", Text(reasoning, "effort"))
            : ("reasoning_effort", Text(request.Json, "reasoning_effort"));
        if (effort is not null && family.Efforts is { } efforts)
        {
            if (efforts.Count == 0) return AzureErrors.UnsupportedParameter(name, instead: null);
            if (!efforts.Contains(effort)) return AzureErrors.UnsupportedValue(name, effort, request.Deployment, efforts);
            var hasTools = !request.IsForResponses && Value(request, "tools") is not null;
            if (hasTools && effort != "none" && !family.TakesToolsWithEffort)
                return AzureErrors.ToolsNeedResponses(request.Deployment);
        }
        return Text(reasoning, "summary") is not null && family.Efforts is { Count: 0 }
            ? AzureErrors.UnsupportedParameter("reasoning.summary", instead: null)
            : null;
    }

    private static Script? RefusalOfVerbosity(EmulatedRequest request, ModelFamily family)
    {
        var (name, verbosity) = request.IsForResponses
            ? ("text.verbosity", Text(Value(request, "text"), "verbosity"))
            : ("verbosity", Text(request.Json, "verbosity"));
        if (verbosity is null || family.Verbosities is not { } known || known.Contains(verbosity)) return null;
        return known.Count == 0
            ? AzureErrors.UnsupportedParameter(name, instead: null)
            : AzureErrors.UnsupportedValue(name, verbosity, request.Deployment, known);
    }

    private static JsonElement? Value(EmulatedRequest request, string name) =>
        request.Parameters.Contains(name) ? request.Json.GetProperty(name) : null;

    private static string? Text(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
