using System.Diagnostics;
using System.Globalization;
using System.Text;
using ChatStream.Web.Providers;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Fuzz;

/// <summary>
/// The readers of what a model service sends, under AFL++ and SharpFuzz. ChatStream.Fuzz says what must hold for every input.
/// </summary>
internal sealed class FuzzTests
{
    private const string Program = "ChatStream.Fuzz.dll";

    private static readonly string Built = Path.Combine(
        Repository.Root, "ChatStream.Fuzz", Path.GetRelativePath(Repository.Tests, AppContext.BaseDirectory));

    // Pieces of the formats. The fuzzer puts them where it likes.
    private static readonly string[] Words =
    [
        "data: ", "event: error", "event: ", "error: ", "[DONE]", "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"",
        "\"delta\":", "\"message\":", "\"content\":", "\"reasoning_content\":", "\"tool_calls\":", "\"usage\":", "\"error\":",
        "\"finish_reason\":\"stop\"", "\"content_filter_results\":", "\"filtered\":true", "\\ud83d", "\\ude00", "<think>",
        "</think>", "\"type\":\"response.output_text.delta\"", "\"type\":\"response.completed\"", "\"response\":",
        "\"output\":", "\"status\":", "\"innererror\":", "1e999", "é世😀",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("chatstream-fuzz-").FullName;

    private static int Minutes =>
        int.TryParse(Environment.GetEnvironmentVariable("CHATSTREAM_TESTS_FUZZ_MINUTES"), out var minutes) ? minutes : 10;

    [OneTimeSetUp]
    public void WriteSeeds()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "seeds"));
        foreach (var (name, bytes) in Seeds())
            File.WriteAllBytes(Path.Combine(_folder, "seeds", name), bytes);
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Everything_holds_for_undamaged_streams()
    {
        var seeds = Directory.GetFiles(Path.Combine(_folder, "seeds"));

        var (output, exitCode) = Run([Path.Combine(Built, Program), "once", .. seeds]);

        Assert.That(exitCode, Is.Zero, output);
    }

    [Test]
    [SoakOnly]
    [CancelAfter(3_600_000)]
    public void No_input_breaks_what_must_hold()
    {
        var program = Path.Combine(_folder, "program");
        Copy(Built, program);
        var (instrumented, _) =
            Run([Path.Combine(Built, Program), "instrument", Path.Combine(program, "ChatStream.Web.dll")]);
        var words = Words.Select(word => $"\"{string.Concat(Encoding.UTF8.GetBytes(word).Select(Hex))}\"");
        File.WriteAllLines(Path.Combine(_folder, "words"), words);
        var found = Path.Combine(_folder, "found");

        var (output, _) = RealProcess.Run(new ProcessStartInfo(RealParts.Fuzzer)
        {
            ArgumentList =
            {
                "-i", Path.Combine(_folder, "seeds"), "-o", found, "-x", Path.Combine(_folder, "words"), "-m", "none",
                "-t", "5000", "-V", (60 * Minutes).ToString(CultureInfo.InvariantCulture),
                "dotnet", Path.Combine(program, Program), "afl",
            },
            Environment =
            {
                ["AFL_SKIP_BIN_CHECK"] = "1", // dotnet itself is not instrumented
                ["AFL_NO_UI"] = "1",
                ["AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES"] = "1",
                ["AFL_SKIP_CPUFREQ"] = "1",
                ["AFL_NO_AFFINITY"] = "1",
            },
        });

        var file = Path.Combine(found, "default", "fuzzer_stats");
        Assert.That(File.Exists(file), $"{instrumented}\n{output}");
        var figures = File.ReadAllLines(file).Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        Soak.Report("fuzz", new
        {
            minutes = Minutes,
            inputs = figures["execs_done"],
            inputsPerSecond = figures["execs_per_sec"],
            branches = figures["edges_found"],
            kept = figures["corpus_count"],
            crashes = figures["saved_crashes"],
            hangs = figures["saved_hangs"],
        });
        var broken = Directory.GetFiles(Path.Combine(found, "default", "crashes"), "id*")
            .Concat(Directory.GetFiles(Path.Combine(found, "default", "hangs"), "id*"))
            .Select(input => Convert.ToBase64String(File.ReadAllBytes(input)));
        Assert.That(broken, Is.Empty, "inputs in base64: ChatStream.Fuzz once FILE shows what does not hold");
        var branches = int.Parse(figures["edges_found"], CultureInfo.InvariantCulture);
        Assert.That(branches, Is.GreaterThan(500), "the readers left traces");
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        var number = 0;
        foreach (var (api, reader) in ((ModelApi, byte)[])[(ModelApi.Chat, 1), (ModelApi.Responses, 2)])
        {
            foreach (var (stream, _) in UndamagedStreams.Of(api))
            {
                var bytes = Encoding.UTF8.GetBytes(stream);
                yield return ($"{number++:D2}-chunks", [reader, 7, .. bytes]);
                yield return ($"{number++:D2}-events", [0, 3, .. bytes]);
                yield return ($"{number++:D2}-error", [3, 1, .. bytes]);
            }
        }
    }

    private static (string Output, int ExitCode) Run(IEnumerable<string> arguments) =>
        RealProcess.Run(new ProcessStartInfo("dotnet", arguments));

    private static void Copy(string folder, string target)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static string Hex(byte value) => $"\\x{value:X2}";
}
