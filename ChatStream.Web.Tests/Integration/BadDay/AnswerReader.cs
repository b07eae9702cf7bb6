using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>Takes the frames of one answer, over any number of connections, and notes what breaks a promise.</summary>
internal sealed class AnswerReader(AskedStart start, Ledger ledger)
{
    private readonly StringBuilder _text = new();
    private int _next;

    public string LastId { get; private set; } = "";

    public int Frames { get; private set; }

    public bool IsOver { get; private set; }

    public void Take(SseItem<string> item)
    {
        LastId = item.EventId!;
        Frames++;
        var number = LastId[(LastId.IndexOf('.', StringComparison.Ordinal) + 1)..];
        if (int.TryParse(number, CultureInfo.InvariantCulture, out var n))
            TakeNumber(n);
        switch (item.EventType)
        {
            case "start":
                var ids = JsonDocument.Parse(item.Data).RootElement;
                start.Acknowledge(ids.GetProperty("generationId").GetString()!, ids.GetProperty("conversationId").GetString()!);
                break;
            case "snapshot":
                _text.Clear().Append(TextOf(item));
                CheckText();
                break;
            case "message":
                _text.Append(TextOf(item));
                break;
            case "finish":
                var reason = JsonDocument.Parse(item.Data).RootElement.GetProperty("reason").GetString()!;
                start.ToldEnds.Add(reason);
                CheckText();
                if (reason == "completed" && _text.Length != start.WholeText.Length)
                    ledger.Broken.Add($"{start.Message}: a reader was told completed with {_text.Length} characters");
                break;
            case "stop":
                IsOver = true;
                break;
        }
    }

    private static string? TextOf(SseItem<string> item) =>
        JsonDocument.Parse(item.Data).RootElement.GetProperty("text").GetString();

    private void TakeNumber(int number)
    {
        ledger.Count("frames read");
        if (number < _next)
            ledger.Broken.Add($"{start.Message}: frame {LastId} came twice");
        if (number > _next)
            ledger.Broken.Add($"{start.Message}: frame {LastId} came where {_next} was next");
        _next = number + 1;
    }

    private void CheckText()
    {
        if (!start.WholeText.StartsWith(_text.ToString(), StringComparison.Ordinal))
            ledger.Broken.Add($"{start.Message}: a reader has text that is not the beginning of what the model said");
    }
}
