using System.Text.Encodings.Web;
using System.Text.Json;
using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>The long forms of tests, which run under <c>./test.sh --soak</c>.</summary>
internal static class Soak
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static bool IsOn => Environment.GetEnvironmentVariable("CHATSTREAM_TESTS_SOAK") == "1";

    /// <summary>The figures of a run, for people: on the console, and in <c>artifacts/{name}.json</c>.</summary>
    public static void Report(string name, object figures)
    {
        var text = JsonSerializer.Serialize(figures, Json);
        File.WriteAllText(Path.Combine(Repository.Artifacts, $"{name}.json"), text + "\n");
        TestContext.Progress.WriteLine($"{name}: {text}");
    }
}

/// <summary>A test that has no short form.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class SoakOnlyAttribute : Attribute, IApplyToTest
{
    public void ApplyToTest(Test test)
    {
        if (Soak.IsOn || test.RunState == RunState.NotRunnable)
            return;
        test.RunState = RunState.Ignored;
        test.Properties.Set(PropertyNames.SkipReason, "It takes minutes: ./test.sh --soak runs it.");
    }
}
