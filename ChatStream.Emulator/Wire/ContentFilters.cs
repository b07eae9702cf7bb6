namespace ChatStream.Emulator.Wire;

/// <summary>The values of <c>content_filter_results</c>, as JSON.</summary>
internal static class ContentFilters
{
    public const string None = "{}";

    public const string Safe = $$$"""{{{{Hate}}},{{{SelfHarm}}},{{{Sexual}}},"violence":{"filtered":false,"severity":"safe"}}""";

    public const string Violent = $$$"""{{{{Hate}}},{{{SelfHarm}}},{{{Sexual}}},"violence":{"filtered":true,"severity":"medium"}}""";

    public const string SafePrompt =
        $$$"""{{{{Hate}}},{{{Jailbreak}}},{{{SelfHarm}}},{{{Sexual}}},"violence":{"filtered":false,"severity":"safe"}}""";

    public const string FilteredPrompt =
        $$$"""{{{{Hate}}},{{{Found}}},{{{SelfHarm}}},{{{Sexual}}},"violence":{"filtered":false,"severity":"safe"}}""";

    public const string ProtectedText = """{"protected_material_text":{"detected":true,"filtered":true}}""";

    public const string Outage = """{"error":{"code":"content_filter_error","message":"The contents are not filtered"}}""";

    private const string Hate = "\"hate\":{\"filtered\":false,\"severity\":\"safe\"}";
    private const string Jailbreak = "\"jailbreak\":{\"filtered\":false,\"detected\":false}";
    private const string Found = "\"jailbreak\":{\"filtered\":true,\"detected\":true}";
    private const string SelfHarm = "\"self_harm\":{\"filtered\":false,\"severity\":\"safe\"}";
    private const string Sexual = "\"sexual\":{\"filtered\":false,\"severity\":\"safe\"}";
}
