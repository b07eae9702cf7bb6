using System.Diagnostics;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Upstreams;

/// <summary>A server that somebody else wrote in place of a model service. It is a process of its own, on loopback.</summary>
/// <param name="Package">Of npm.</param>
internal abstract record ForeignUpstream(string Package)
{
    /// <summary>A text with characters of one to four bytes, longer than a chunk.</summary>
    public const string Text = "Grüße aus Köln: 世界 😀👍 \"quoted\" and \\ and a\nsecond line. The end.";

    public static IReadOnlyList<ForeignUpstream> All { get; } = [new Aimock(), new MockLlm()];

    /// <summary>The models of the app that it answers: for each, the settings of its deployment.</summary>
    public abstract IReadOnlyDictionary<string, IReadOnlyList<(string Key, string Value)>> Models(Uri address);

    /// <summary>The faults that it can play, and the code that the app is to give for each.</summary>
    public abstract IReadOnlyList<ForeignFault> Faults { get; }

    /// <summary>Starts it, and waits until it listens.</summary>
    /// <param name="port">The port.</param>
    /// <param name="folder">For its configuration.</param>
    public async Task<RealProcess> StartAsync(int port, string folder)
    {
        var process = RealProcess.Start(Program(port, folder));
        await process.LineAsync(line => line.Contains(Listens, StringComparison.OrdinalIgnoreCase));
        return process;
    }

    public sealed override string ToString() => Package;

    /// <summary>Words of the line that it prints when it listens.</summary>
    protected abstract string Listens { get; }

    protected abstract ProcessStartInfo Program(int port, string folder);

    protected static string Write(string folder, string name, object configuration)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, JsonSerializer.Serialize(configuration, JsonSerializerOptions.Web));
        return file;
    }

    protected static IReadOnlyList<(string Key, string Value)> OpenAi(Uri address, string api) =>
    [
        ("Kind", "openai"), ("Endpoint", new Uri(address, "v1").ToString()), ("Deployment", "gpt-5-mini"), ("ApiKey", "K"),
        ("Api", api),
    ];
}

/// <summary>A fault that an upstream plays when a message asks for it.</summary>
/// <param name="Message">The message.</param>
/// <param name="Reason">The answer's finish reason.</param>
/// <param name="Code">The failure's code.</param>
/// <param name="RetryAfter">The failure's time to wait, in seconds.</param>
internal sealed record ForeignFault(string Message, string Reason, string Code, int? RetryAfter = null);
