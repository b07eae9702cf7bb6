namespace ChatStream.Emulator;

public sealed class EmulatorOptions
{
    /// <summary>Where to listen. The default is a free loopback port.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>The key that every request must have. Null accepts any key, or none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The deployments that there are. Null: any name is one.</summary>
    public IReadOnlySet<string>? Deployments { get; init; }

    /// <summary>The model name in the answers. It differs from the deployment's name, as on Azure.</summary>
    public string Model { get; init; } = "gpt-4o-2024-11-20";

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
