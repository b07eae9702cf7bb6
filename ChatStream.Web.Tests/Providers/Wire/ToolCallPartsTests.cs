using System.Text;
using ChatStream.Web.Providers.Wire;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Wire;

/// <summary>Calls of tools as services send them.</summary>
internal sealed class ToolCallPartsTests
{
    [Test]
    public void Fragments_of_parallel_calls_may_take_turns() => Assert.That(Chat(
        """[{"index":0,"id":"a","type":"function","function":{"name":"one","arguments":""}}]""",
        """[{"index":1,"id":"b","type":"function","function":{"name":"two","arguments":"{\"x\""}}]""",
        """[{"index":0,"function":{"arguments":"{}"}}]""",
        """[{"index":1,"function":{"arguments":":1}"}}]"""), Is.EqualTo(new[] { "one {}", """two {"x":1}""" }));

    [Test]
    public void Services_number_calls_in_their_own_ways()
    {
        Assert.That(Chat(
            """[{"index":0,"id":"a","function":{"name":"one","arguments":"{}"}}]""",
            """[{"index":0,"id":"b","function":{"name":"two","arguments":"{}"}}]"""), Is.EqualTo(new[] { "one {}", "two {}" }));
        Assert.That(Chat(
            """[{"id":"a","function":{"name":"one","arguments":"{"}}]""", """[{"function":{"arguments":"}"}}]""",
            """[{"function":{"arguments":{"x":[1]},"name":"two"}}]"""), Is.EqualTo(new[] { "one {}", """two {"x":[1]}""" }));
        Assert.That(Chat(
            """[{"index":0,"id":"a","function":{"name":"one","arguments":"{\"é\":\"\uD83D"}}]""",
            """[{"index":0,"id":"a","function":{"arguments":"\uDE00\"}"}}]"""), Is.EqualTo(new[] { """one {"é":"😀"}""" }));
        Assert.That(Chat(
            """[{"index":"0","id":"a","function":{"name":"one","arguments":"{"}},{"index":"1","id":"b","function":{"name":"two"}}]""",
            """[{"index":"0","id":null,"function":{"name":null,"arguments":"}"}},{"index":"1","function":{"arguments":"{}"}}]"""),
            Is.EqualTo(new[] { "one {}", "two {}" }));
        Assert.That(Chat("""[{"index":0,"function":{"arguments":"{}"}}]"""), Is.Empty, "without a name");
        Assert.That(Chat("[]", "null", "7", """["x"]"""), Is.Empty);
    }

    [Test]
    public void What_is_endless_is_cut()
    {
        var many = Chat([.. Enumerable.Range(0, 100).Select(i =>
            $$$"""[{"index":{{{i}}},"id":"c{{{i}}}","function":{"name":"n{{{i}}}","arguments":"{}"}}]""")]);
        Assert.That(many, Has.Length.EqualTo(ToolCallParts.MostCalls));
        var piece = new string('x', 50_000);
        var most = Chat([.. Enumerable.Range(0, 9).Select(_ =>
            $$$"""[{"index":0,"id":"a","function":{"name":"n","arguments":"{{{piece}}}"}}]""")]);
        Assert.That(most.Single(), Has.Length.EqualTo("n ".Length + ToolCallParts.LongestArguments));
    }

    [Test]
    public void A_whole_message_beside_deltas_counts_once()
    {
        const string Call = """[{"index":0,"id":"a","function":{"name":"one","arguments":"{}"}}]""";
        Assert.That(Parsed(new CompletionParser(),
            $$$"""{"choices":[{"index":0,"delta":{"tool_calls":{{{Call}}}}}]}""",
            $$$"""{"choices":[{"index":0,"delta":{},"message":{"tool_calls":{{{Call}}}},"finish_reason":"tool_calls"}]}"""),
            Is.EqualTo(new[] { "one {}" }));
        Assert.That(Parsed(new CompletionParser(),
            $$$"""{"choices":[{"index":0,"message":{"content":null,"tool_calls":{{{Call}}}},"finish_reason":"tool_calls"}]}"""),
            Is.EqualTo(new[] { "one {}" }));
        Assert.That(Parsed(new CompletionParser(),
            $$$"""{"choices":[{"index":1,"delta":{"tool_calls":{{{Call}}}}}]}"""), Is.Empty, "another choice");
        var parser = new CompletionParser();
        Assert.That(Parsed(parser,
            $$$"""{"choices":[{"delta":{"tool_calls":{{{Call}}}},"index":1},{"message":{"tool_calls":{{{Call}}}},"index":"2"}]}"""),
            Is.Empty, "whose number stands behind them");
        Assert.That(parser.Parse("{}"u8).HasToolCall, Is.False);
        Assert.That(Parsed(new CompletionParser(),
            """{"choices":[{"index":0,"delta":{"content":"Let me look."}}]}""",
            $$$"""{"choices":[{"message":{"content":"Let me look.","tool_calls":{{{Call}}}},"finish_reason":"tool_calls"}]}"""),
            Is.EqualTo(new[] { "one {}" }), "behind the text");
    }

    [Test]
    public void Responses_repeat_each_call_and_it_counts_once()
    {
        const string Item = """
            {"id":"fc_1","type":"function_call","status":"completed","call_id":"c1","name":"one","arguments":"{\"x\":1}"}
            """;
        string[] events =
        [
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"fc_1","type":"function_call","name":"one"}}""",
            """{"type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":0,"delta":"{\"x\":1}"}""",
            $$$"""{"type":"response.output_item.done","output_index":0,"item":{{{Item}}}}""",
        ];
        Assert.That(Parsed(new ResponsesParser(), events), Is.EqualTo(new[] { """one {"x":1}""" }));
        var parser = new ResponsesParser();
        var end = $$$"""
            {"type":"response.completed","response":{"id":"r","status":"completed","output":[{{{Item}}},{"type":"message",
            "content":[{"type":"output_text","text":"t"}]}]}}
            """;
        Assert.That(Parsed(parser, [.. events, end]), Is.EqualTo(new[] { """one {"x":1}""" }));
        Assert.That(Parsed(new ResponsesParser(), end), Is.EqualTo(new[] { """one {"x":1}""" }), "without its events");
    }

    [Test]
    public void Calls_of_a_response_with_one_id_stay_apart()
    {
        string[] items =
        [
            """{"id":"fc_1","type":"function_call","call_id":"c","name":"one","arguments":"{}"}""",
            """{"id":"fc_2","type":"function_call","call_id":"c","name":"one","arguments":"{\"x\":1}"}""",
            """{"type":"function_call","call_id":"c","name":"two","arguments":{"y":2}}""",
        ];
        string[] calls = ["one {}", """one {"x":1}""", """two {"y":2}"""];
        var events = items.Select(item => $$$"""{"type":"response.output_item.done","output_index":0,"item":{{{item}}}}""");
        var end = $$$"""
            {"type":"response.completed","response":{"id":"r","status":"completed","output":[{{{string.Join(',', items)}}}]}}
            """;

        Assert.That(Parsed(new ResponsesParser(), [.. events]), Is.EqualTo(calls));
        Assert.That(Parsed(new ResponsesParser(), [.. events, events.First()]), Is.EqualTo(calls), "an event that comes twice");
        Assert.That(Parsed(new ResponsesParser(), end), Is.EqualTo(calls));
    }

    private static string[] Chat(params string[] toolCalls) => Parsed(new CompletionParser(), [.. toolCalls.Select(calls =>
        $$$"""{"choices":[{"index":0,"delta":{"tool_calls":{{{calls}}}}}]}""")]);

    private static string[] Parsed(IChunkParser parser, params string[] events)
    {
        foreach (var data in events)
        {
            var chunk = parser.Parse(Encoding.UTF8.GetBytes(data));
            Assert.That((chunk.Error, chunk.HasUnknownContent), Is.EqualTo(((ServiceError?)null, false)), data);
        }
        return [.. parser.Calls.Select(call => $"{call.Name} {call.Arguments}")];
    }
}
