namespace ChatStream.Emulator.Wire;

internal static class ContentFilters
{
    public const string None = "{}";

    public const string Safe =
        """{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}""";

    public const string Violent =
        """{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":true,"severity":"medium"}}""";

    public const string SafePrompt =
        """{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"filtered":false,"detected":false},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}""";

    public const string ProtectedText = """{"protected_material_text":{"detected":true,"filtered":true}}""";

    public const string Outage = """{"error":{"code":"content_filter_error","message":"The contents are not filtered"}}""";
}
