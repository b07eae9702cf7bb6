namespace ChatStream.Emulator;

public sealed class EmulatorOptions
{
    /// <summary>Where to listen; by default on a free loopback port.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>The key that every request must carry; null takes any, or none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The model name in the answers: a deployment's name is not its model's.</summary>
    public string Model { get; init; } = "gpt-4o-2024-11-20";

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
