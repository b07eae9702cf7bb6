using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Tools;

/// <summary>Makes calls: within their time, with arguments that fit, and with a result that is bounded.</summary>
internal sealed partial class ToolCaller(IOptions<ToolOptions> options, TimeProvider time, ILogger<ToolCaller> logger)
{
    /// <summary>In less time no call is made again. A timer may also ring a moment before its time is over.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);

    private const string Cut = "\n[The result is longer. The rest was cut off.]";

    /// <summary>What is wrong with the arguments that a model wrote; null: nothing, and they were read.</summary>
    public static string? Fault(Tool tool, string arguments, out AIFunctionArguments read)
    {
        read = [];
        if (Encoding.UTF8.GetByteCount(arguments) > ArgumentCheck.MostBytes)
            return $"The arguments are longer than {ArgumentCheck.MostBytes} bytes. The call was not made.";
        JsonElement json;
        try
        {
            // Some models write nothing where there are no arguments.
            json = JsonElement.Parse(
                string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments, new() { MaxDepth = ArgumentCheck.MostLevels });
        }
        catch (JsonException)
        {
            return IsJson(arguments)
                ? $"The arguments are nested more than {ArgumentCheck.MostLevels} levels deep. The call was not made."
                : "The arguments are not JSON. The call was not made.";
        }
        if (!WellFormedJson.Is(json))
            return "The arguments have a name or a text that is not Unicode. The call was not made.";
        if (HasTwice(json))
            return "The arguments have a member twice. The call was not made.";
        if (ArgumentCheck.Fault(tool.Declaration.JsonSchema, json) is { } fault)
            return $"{fault} The call was not made.";
        foreach (var member in json.EnumerateObject())
            read[member.Name] = member.Value;
        return null;
    }

    private static bool IsJson(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new() { MaxDepth = ArgumentCheck.MostBytes });
        try
        {
            while (reader.Read())
                continue;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The user would see one of the two, and the tool might take the other.
    private static bool HasTwice(JsonElement json)
    {
        try
        {
            _ = JsonElement.Parse(json.GetRawText(), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    /// <summary>Makes a call whose arguments fit. One whose connection broke is made again if that does no harm.</summary>
    /// <exception cref="OperationCanceledException">The answer has ended.</exception>
    public async Task<ToolOutcome> CallAsync(Tool tool, AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var outcome = await CallOnceAsync(tool, arguments, options.Value.CallFor, cancellationToken);
        var left = options.Value.CallFor - time.GetElapsedTime(begun);
        if (outcome.IsUnknown && tool.IsIdempotent && left > Least)
        {
            Log.Again(logger, tool.Name);
            outcome = await CallOnceAsync(tool, arguments, left, cancellationToken);
        }
        if (outcome.IsFault)
            Log.Failed(logger, tool.Name, outcome.IsUnknown);
        return outcome with { Text = Bounded(outcome.Text) };
    }

    private async Task<ToolOutcome> CallOnceAsync(
        Tool tool, AIFunctionArguments arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            // A tool that does not look at its token is not waited for.
            return await tool.CallAsync(arguments, both.Token).WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ToolOutcome.Unknown($"The tool gave no result within {options.Value.CallFor.TotalSeconds:0} seconds.");
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Log.Threw(logger, tool.Name, fault.GetType().Name);
            return ToolOutcome.Unknown("The tool failed unexpectedly.");
        }
    }

    /// <summary>As much of a text as a result may have, well-formed and without NUL, which PostgreSQL cannot store.</summary>
    private string Bounded(string text)
    {
        text = text.Replace('\0', '\uFFFD');
        var most = options.Value.ResultBytes;
        if (text.Length <= most / 3 || Encoding.UTF8.GetByteCount(text) <= most)
            return WellFormed(text);
        Utf8.FromUtf16(text, new byte[most], out var characters, out _);
        return WellFormed(text[..characters]) + Cut;
    }

    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "A call of {Tool} failed (outcome unknown: {IsUnknown}).")]
        public static partial void Failed(ILogger logger, string tool, bool isUnknown);

        [LoggerMessage(EventId = 2, Level = LogLevel.Information,
            Message = "A call of {Tool} is made again: its connection broke, and the tool is idempotent.")]
        public static partial void Again(ILogger logger, string tool);

        // The exception is not logged: its message may quote what was sent.
        [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "A call of {Tool} threw {Fault}.")]
        public static partial void Threw(ILogger logger, string tool, string fault);
    }
}
