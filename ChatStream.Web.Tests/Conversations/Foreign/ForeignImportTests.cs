using System.Text;
using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations.Foreign;

/// <summary>What becomes of the exports of other programs, and of ones that are not what they say.</summary>
internal sealed class ForeignImportTests(DatabaseKind kind) : StoreTest(kind)
{
    private const string ChatGpt = """
        [{"title":"Whales","create_time":1700000000.5,"update_time":1700000100,"current_node":"a2","is_archived":true,
          "gizmo_id":null,"mapping":{
          "root":{"id":"root","message":null,"parent":null,"children":["sys"]},
          "sys":{"id":"sys","parent":"root","children":["q"],"message":{"author":{"role":"system"},"create_time":null,
            "content":{"content_type":"text","parts":[""]},"metadata":{},"recipient":"all"}},
          "q":{"id":"q","parent":"sys","children":["t","b"],"message":{"author":{"role":"user"},"create_time":1700000001,
            "content":{"content_type":"multimodal_text",
            "parts":[{"content_type":"image_asset_pointer","asset_pointer":"x"},"How big?"]},
            "metadata":{"attachments":[{"mime_type":"image/png"},{"mime_type":"application/pdf"}]},"recipient":"all"}},
          "t":{"id":"t","parent":"q","children":["c"],"message":{"author":{"role":"assistant"},"create_time":1700000002,
            "content":{"content_type":"thoughts","thoughts":[{"summary":"Size","content":"Blue ones."}]},"recipient":"all"}},
          "c":{"id":"c","parent":"t","children":["r"],"message":{"author":{"role":"assistant"},"create_time":1700000003,
            "content":{"content_type":"code","language":"python","text":"search('whale')"},"recipient":"python"}},
          "r":{"id":"r","parent":"c","children":["a"],"message":{"author":{"role":"tool","name":"python"},
            "create_time":1700000004,
            "content":{"content_type":"execution_output","text":"30 m"},"recipient":"all"}},
          "a":{"id":"a","parent":"r","children":["a2"],"message":{"author":{"role":"assistant"},"create_time":1700000005,
            "content":{"content_type":"text","parts":["30 metres."]},"metadata":{"model_slug":"gpt-4o"},"recipient":"all"}},
          "a2":{"id":"a2","parent":"a","children":[],"message":{"author":{"role":"assistant"},"create_time":1700000006,
            "content":{"content_type":"code","language":"python","text":"```\nprint(30)"},
            "metadata":{"model_slug":"gpt-4o"},"recipient":"all"}},
          "b":{"id":"b","parent":"q","children":[],"message":{"author":{"role":"assistant"},"create_time":1700000009,
            "content":{"content_type":"text","parts":["Very."]},
            "metadata":{"model_slug":"gpt-4","finish_details":{"type":"interrupted"}},"recipient":"all"}}}},
         {"title":"Empty","mapping":{}},
         {"something":"else"}]
        """;

    /// <summary>The same without nesting.</summary>
    private static readonly string Flat = LibreChat.Replace("messagesTree", "messages").Replace(
        """
        ,
           "children":[
            {"messageId":"2"
        """, "},{\"messageId\":\"2\"").Replace("\"children\":[]}]}]}", "\"children\":[]}]}")
        .Replace("\"messageId\":\"4\"", "\"messageId\":\"4\",\"parentMessageId\":\"1\"");

    private const string LibreChat = """
        {"conversationId":"c","endpoint":"openAI","title":"Ships","exportAt":"16:33","branches":true,"recursive":true,
         "options":{"promptPrefix":"Be brief."},
         "messagesTree":[{"messageId":"1","parentMessageId":"00000000-0000-0000-0000-000000000000","isCreatedByUser":true,
           "sender":"User","text":"Hello","createdAt":"2024-04-09T14:32:05.230Z",
           "files":[{"type":"image/png"},{"type":"text/csv"}],
           "children":[
            {"messageId":"2","parentMessageId":"1","isCreatedByUser":false,"model":"gpt-4","text":"",
             "content":[{"type":"think","think":"Greet."},{"type":"tool_call","tool_call":{"name":"x"}},
               {"type":"text","text":{"value":"Hi"}},{"type":"text","text":"there"},{"type":"hologram"}],
             "createdAt":"2024-04-09T14:32:06Z","children":[]},
            {"messageId":"3","parentMessageId":"1","isCreatedByUser":false,"sender":"GPT","text":"Ahoy","unfinished":true,
             "createdAt":"2024-04-09T14:32:07Z","children":[]},
            {"messageId":"4","isCreatedByUser":false,"error":true,"text":"{}","children":[]}]}]}
        """;

    private const string OpenWebUi = """
        [{"id":"o","title":"Sums","pinned":true,"archived":false,"created_at":1700000000,"updated_at":1700000010,"folder_id":null,
          "chat":{"models":["r1"],"params":{"system":"Count."},"history":{"currentId":"b","messages":{
            "a":{"id":"a","parentId":null,"childrenIds":["b"],"role":"user","content":"15 * 17?","timestamp":1700000000,
              "files":[{"type":"file"}]},
            "b":{"id":"b","parentId":"a","childrenIds":[],"role":"assistant","model":"r1","timestamp":1700000009,
              "content":"@"}}}}},
         {"chat":{"title":"Flat","messages":[{"role":"user","content":[{"type":"text","text":"One"},{"type":"image_url"}]},
           {"role":"assistant","content":"Two"},{"role":"wizard","content":"Three"},{"role":"user","content":"Four"}]}}]
        """;

    private const string Detailed = """
        <details type=\"reasoning\" done=\"true\"><summary>Thought</summary>\n&gt; 150 + 105\n</details>\n
        """ + """<details type=\"tool_calls\"><summary>x</summary></details>\n255""";

    [Test]
    public async Task ChatGpts_tree_keeps_its_branches_models_and_thoughts()
    {
        var report = await ImportAsync(ChatGpt);

        var tree = await TreeAsync(report.Conversations.Single());
        Assert.That((tree.Title, tree.Folder!.Id, tree.CreatedAt.ToUnixTimeMilliseconds(), tree.UpdatedAt.ToUnixTimeSeconds()),
            Is.EqualTo(("Whales", "archive", 1_700_000_000_500, 1_700_000_100)));
        Assert.That(Lines(tree), Is.EqualTo(new[]
        {
            "User: [image]\nHow big?",
            "  gpt-4o Completed (Size\n\nBlue ones.): 30 metres. [0 python Done: search('whale') = 30 m]",
            "    gpt-4o Completed: \n\n````python\n```\nprint(30)\n````", "  gpt-4 Stopped: Very.",
        }));
        Assert.That(tree.LeafId, Is.EqualTo(tree.Messages.Single(message => message.Text.Contains("print")).Id));
        Assert.That(report.Left, Is.EqualTo(new ImportRemark[]
        {
            new(ImportRemarkKind.Image, null, 1), new(ImportRemarkKind.File, null, 1),
            new(ImportRemarkKind.Conversation, null, 2),
        }));
        Assert.That((await Store.Library.ListAsync(Ada, "metres", null, 10, Token)).Conversations, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task LibreChats_tree_is_read_by_nesting_and_by_parents()
    {
        foreach (var json in new[] { LibreChat, Flat })
        {
            var report = await ImportAsync(json);

            var tree = await TreeAsync(report.Conversations.Single());
            Assert.That((tree.Title, tree.SystemPrompt), Is.EqualTo(("Ships", "Be brief.")));
            Assert.That(Lines(tree), Is.EqualTo(new[]
            {
                "User: Hello", "  gpt-4 Completed (Greet.): Hi\n\nthere [0 x Failed:  = ]", "  GPT Interrupted: Ahoy",
            }));
            Assert.That(report.Left.Select(left => (left.Kind, left.Name, left.Count)), Is.EqualTo(new[]
            {
                (ImportRemarkKind.Image, null, 1), (ImportRemarkKind.File, null, 1),
                (ImportRemarkKind.UnknownPart, "hologram", 1), (ImportRemarkKind.UnknownPart, "error", 1),
            }));
        }
    }

    [Test]
    public async Task Open_webuis_chats_keep_pins_reasoning_and_system_prompts()
    {
        var report = await ImportAsync(OpenWebUi.Replace("@", Detailed));

        var (sums, flat) = (await TreeAsync(report.Conversations[0]), await TreeAsync(report.Conversations[1]));
        Assert.That((sums.Pinned, sums.SystemPrompt), Is.EqualTo(((bool?)true, "Count.")));
        Assert.That(Lines(sums), Is.EqualTo(new[] { "User: 15 * 17?", "  r1 Completed (150 + 105): 255" }));
        Assert.That(Lines(flat), Is.EqualTo(new[] { "User: One", "   Completed: Two", "    User: Four" }));
        Assert.That(report.Left.Select(left => (left.Kind, left.Name, left.Count)), Is.EqualTo(new[]
        {
            (ImportRemarkKind.Image, (string?)null, 1), (ImportRemarkKind.File, null, 1), (ImportRemarkKind.ToolCall, null, 1),
            (ImportRemarkKind.UnknownRole, "wizard", 1),
        }));
    }

    [Test]
    public async Task Calls_of_tools_are_taken_over_with_what_was_asked_and_said()
    {
        string Node(string id, string parent, string author, string content, string recipient = "all") => $$"""
            "{{id}}":{"parent":{{parent}},"message":{"content":{{content}},"author":{{author}},"recipient":"{{recipient}}"} }
            """;
        static string Said(string text) => """{"content_type":"text","parts":["@"]}""".Replace("@", text);
        ImportRemark[] oneLeft = [new(ImportRemarkKind.ToolCall, null, 1)];
        const string User = """{"role":"user"}""", Model = """{"role":"assistant"}""";
        string Tool(string name) => """{"role":"tool","name":"@"}""".Replace("@", name);
        var chatGpt = await ImportAsync("""[{"title":"G","mapping":{""" + string.Join(',',
            Node("q", "null", User, Said("Weather?")),
            Node("c", "\"q\"", Model, Said("{\\\"city\\\":1}"), "web.run"),
            Node("d", "\"c\"", Model, """{"content_type":"code","text":"1+1"}""", "python"),
            Node("r", "\"d\"", Tool("python"), """{"content_type":"execution_output","text":"2"}"""),
            Node("s", "\"r\"", Tool("web"), """{"content_type":"tether_browsing_display","result":"Sunny"}"""),
            Node("t", "\"s\"", Tool("web"), """{"content_type":"tether_quote","text":"More"}"""),
            Node("a", "\"t\"", Model, Said("Sunny.")),
            Node("e", "\"a\"", Model, Said("{}"), "canmore.create_textdoc with a name that is longer than any tool may have"),
            Node("f", "\"e\"", Model, Said("Done.")),
            Node("g", "\"f\"", Model, Said("left"), "python")) + "}}]");
        Assert.That(Lines(await TreeAsync(chatGpt.Conversations[0])), Is.EqualTo(new[]
        {
            "User: Weather?",
            "   Completed: Sunny. [0 web_run Done: {\"city\":1} = Sunny] [0 python Done: 1+1 = 2] [0 web Done:  = More]",
            "     Completed: \n\nDone. [2 canmore_create_textdoc_with_a_name_that_is_longer_than_any_tool_ Failed: {} = ]",
        }));
        Assert.That(chatGpt.Left, Is.EqualTo(oneLeft), "no answer follows");

        var libreChat = await ImportAsync("""
            {"conversationId":"c","title":"L","messages":[
              {"messageId":"1","isCreatedByUser":true,"text":"Sum?"},
              {"messageId":"2","parentMessageId":"1","isCreatedByUser":false,"model":"m","content":[{"type":"text","text":"So:"},
                {"type":"tool_call","tool_call":{"id":"i","type":"tool_call","name":"add","args":"{\"a\":1}","output":"3"}},
                {"type":"tool_call","tool_call":{"type":"function","function":{"name":"sub","arguments":{"b":2},"output":""}}},
                {"type":"tool_call","tool_call":{"type":"code_interpreter","code_interpreter":{"input":"2*2","outputs":[]}}},
                {"type":"tool_call"},{"type":"text","text":"3"}]},
              {"messageId":"3","parentMessageId":"1","isCreatedByUser":false,"model":"m","content":[
                {"type":"tool_call","tool_call":{"name":"add"}}]}]}
            """);
        Assert.That(Lines(await TreeAsync(libreChat.Conversations[0])), Is.EqualTo(new[]
        {
            "User: Sum?", "  m Completed: So:\n\n3 [3 add Done: {\"a\":1} = 3] [3 sub Done: {\"b\":2} = ] "
                + "[3 code_interpreter Failed: 2*2 = ]", "  m Completed:  [0 add Failed:  = ]",
        }));
        Assert.That(libreChat.Left, Is.EqualTo(oneLeft));

        string Details(string attributes, string inside = "") =>
            $"<details type=\\\"{attributes}>\\n<summary>Done</summary>\\n{inside}</details>\\n";
        var openWebUi = await ImportAsync("""
            [{"chat":{"title":"O","messages":[{"role":"user","content":"Now?"},{"role":"assistant","model":"m","content":"@"}]}}]
            """.Replace("@", Details("reasoning\\\" done=\\\"true\\\"", "&gt; Hm.\\n")
            + Details("tool_calls\\\" done=\\\"true\\\" id=\\\"i\\\" name=\\\"get_time\\\" "
                + "arguments=\\\"&quot;{\\\\&quot;z\\\\&quot;: 1}&quot;\\\" result=\\\"&quot;9 &amp;lt; 10\\\\u0000&quot;\\\"")
            + "It is nine." + Details("code_interpreter\\\" output=\\\"{&quot;out&quot;: 1}\\\"", "```python\\n1 &lt; 2\\n```\\n")
            + Details("tool_calls\\\" done=\\\"false\\\"") + "Bye."));
        Assert.That(Lines(await TreeAsync(openWebUi.Conversations[0])), Is.EqualTo(new[]
        {
            "User: Now?", "  m Completed (Hm.): It is nine.\n\nBye. [0 get_time Done: {\"z\": 1} = 9 &lt; 10\uFFFD] "
                + "[11 code_interpreter Done: ```python\n1 < 2\n``` = {\"out\": 1}]",
        }));
        Assert.That(openWebUi.Left, Is.EqualTo(oneLeft), "it has no name");
    }

    [Test]
    public async Task An_own_export_with_unknown_members_is_taken_and_they_are_named()
    {
        var own = Encoding.UTF8.GetString(Imports.Body(Trees.Greeting).ToArray());
        var newer = own.Replace("{\"id\":\"any\"", "{\"mood\":{\"deep\":[1]},\"id\":\"any\"")
            .Replace("\"role\":\"assistant\"", "\"stars\":5,\"role\":\"assistant\"");

        var one = await ImportAsync(newer);
        var several = await ImportAsync($"[{newer},{own}]");

        Assert.That((one.IsOwn, several.IsOwn, several.Conversations.Count), Is.EqualTo((true, false, 2)));
        foreach (var report in new[] { one, several })
        {
            Assert.That(report.Left, Is.EquivalentTo(new ImportRemark[]
            {
                new(ImportRemarkKind.Member, "mood", 1), new(ImportRemarkKind.Member, "stars", 1),
            }));
        }
        Assert.That(Lines(await TreeAsync(one.Conversations[0])), Is.EqualTo(new[]
        {
            "User: Hello", "  gpt-4o Completed: Hello to you",
        }));
    }

    [Test]
    public async Task What_is_broken_in_one_conversation_is_told_and_the_rest_is_kept()
    {
        const string Half = """
            "content":{"content_type":"text","parts":["\ud800",1,null,[],"ok\u0000"]}
            """;
        const string Text = "\"content\":{\"content_type\":\"text\",\"parts\":[\"T\"]}";
        string Node(string id, string parent, string role = "user", string? message = null) =>
            $"\"{id}\":" + """{"parent":@,"children":"none","message":{"author":{"role":"#"},""".Replace("@", parent)
                .Replace("#", role) + (message ?? Text) + "}}";
        string Of(string title, params string[] nodes) =>
            "{\"title\":" + title + ",\"mapping\":{" + string.Join(',', nodes) + "}}";
        var report = await ImportAsync($"""
            [{Of("\"Lost\"", Node("a", "\"gone\""), Node("b", "\"a\"", "assistant"))},
             {Of("\"Circle\"", Node("a", "\"b\""), Node("b", "\"a\""), Node("c", "null"), Node("d", "\"d\""))},
             {Of("\"Twice\"", Node("a", "null"), Node("a", "null", "assistant"))},
             {Of("7", Node("a", "{}"), Node("b", "\"a\"", "moderator"))},
             {Of("\"Alone\"", Node("a", "null", "assistant"))},
             {Of("\"Half \\ud800\"", Node("a", "null", "user", Half))},
             [1,2], 7, "text", null,
             {Of("\"Wrong\"", Node("a", "null", "user", "\"content\":7"))},
             {Of("\"Open\"", "\"a\":7", "\"b\":null", "\"c\":[]")}]
            """);

        Assert.That(report.Conversations.Select(one => one.Title),
            Is.EqualTo(new[] { "Lost", "Circle", "Twice", "T", "Alone", "ok\uFFFD" }));
        Assert.That(Lines(await TreeAsync(report.Conversations[0])), Is.EqualTo(new[] { "User: T", "   Completed: T" }));
        Assert.That(Lines(await TreeAsync(report.Conversations[4])), Is.EqualTo(new[] { "User: …", "   Completed: T" }));
        var left = report.Left.ToLookup(remark => remark.Kind, remark => remark.Count);
        Assert.That((left[ImportRemarkKind.MissingParent].Sum(), left[ImportRemarkKind.Cycle].Sum(),
            left[ImportRemarkKind.DuplicateId].Sum(), left[ImportRemarkKind.UnknownRole].Sum()), Is.EqualTo((1, 3, 1, 1)));
    }

    [TestCase("""{"mapping":{"\ud800":{"message":null}}}""", TestName = "{m}(an id)")]
    [TestCase("""{"\ud800\ud800\ud800":1,"mapping":{}}""", TestName = "{m}(a member)")]
    [TestCase("""{"conversationId":"c","messages":[{"\udc00\udc00\udc00":1,"messageId":"1"}]}""", TestName = "{m}(LibreChat)")]
    [TestCase("""{"chat":{"history":{"messages":{"\ud800":{"role":"user"}}}}}""", TestName = "{m}(open-webui)")]
    [TestCase("""{"leafId":"a","\ud800":1}""", TestName = "{m}(our own)")]
    public async Task A_conversation_whose_names_are_not_Unicode_is_left_out_and_the_rest_is_kept(string conversation)
    {
        const string Good = """
            {"title":"Good","mapping":{"a":{"message":{"author":{"role":"user"},
              "content":{"content_type":"text","parts":["T"]}}}}}
            """;

        var report = await ImportAsync($"[{conversation},{Good}]");

        Assert.That(report.Conversations.Select(one => one.Title), Is.EqualTo(new[] { "Good" }));
        Assert.That(report.Left.Single(), Is.EqualTo(new ImportRemark(ImportRemarkKind.Conversation, null, 1)));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Hostile_shapes_cost_no_more_than_their_bytes()
    {
        // Deep as a conversation is long, and deeper than any is.
        string Nested(int levels) => "{\"conversationId\":\"c\",\"title\":\"Deep\",\"messages\":["
            + string.Concat(Enumerable.Range(0, levels).Select(i =>
                $$"""{"messageId":"{{i}}","isCreatedByUser":{{(i % 2 == 0 ? "true" : "false")}},"text":"{{i}}","children":["""))
            + string.Concat(Enumerable.Repeat("]}", levels)) + "]}";
        Assert.That((await TreeAsync((await ImportAsync(Nested(1_500))).Conversations[0])).Messages, Has.Count.EqualTo(1_500));
        Assert.That(() => ImportAsync(Nested(5_000)), Throws.InstanceOf<RefusedException>());

        // Many answers that share much reasoning, and parts without number.
        var thoughts = new string('x', 200_000);
        var fan = "{\"title\":\"Fan\",\"mapping\":{\"q\":" + Ask("null") + ",\"t\":{\"parent\":\"q\",\"message\":{\"content\":"
            + "{\"content_type\":\"thoughts\",\"thoughts\":[{\"content\":\"" + thoughts + "\"}]}}}"
            + string.Concat(Enumerable.Range(0, 2_000).Select(i => $",\"a{i}\":" + Ask("\"t\"").Replace("user", "assistant")))
            + "}}";
        var tree = await TreeAsync((await ImportAsync(fan)).Conversations[0]);
        Assert.That(tree.Messages.Count(message => message.Reasoning is not null), Is.EqualTo(1));
        var parts = string.Join(',', Enumerable.Repeat("""{"type":"text","text":"y"}""", 100_000));
        await ImportAsync($$"""
            {"conversationId":"c","title":"Parts","messages":[{"messageId":"1","isCreatedByUser":true,"content":[{{parts}}]}]}
            """);
        var details = string.Concat(Enumerable.Repeat("<details type=\\\"", 100_000));
        await ImportAsync("""
            [{"chat":{"title":"Details","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"@"}]}}]
            """.Replace("@", details));

        // A long text, names without number, more conversations than may be, and a body that ends too soon.
        var large = Tree("\"a\":" + Ask("null").Replace("T", new string('z', 9_000_000)));
        Assert.That((await ImportAsync($"[{large},{Tree("\"a\":" + Ask("null"))}]")).Left.Single(),
            Is.EqualTo(new ImportRemark(ImportRemarkKind.TooLarge, null, 1)));
        Assert.That(() => ImportAsync(large), Throws.InstanceOf<RefusedException>().With.Property("Refusal")
            .Matches<Refusal>(refusal => (refusal.Status, refusal.Code) == (413, "import_too_large")));
        var nothing = Tree(string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"\"{i}\":0")));
        Assert.That((await ImportAsync($"[{nothing},{Tree("\"a\":" + Ask("null"))}]")).Left.Single(),
            Is.EqualTo(new ImportRemark(ImportRemarkKind.Conversation, null, 1)), "nodes without a message");
        var roles = string.Join(',', Enumerable.Range(0, 5_000).Select(i =>
            $"\"r{i}\":" + Ask("\"a\"").Replace("user", $"role-{i}")));
        Assert.That((await ImportAsync(Tree("\"a\":" + Ask("null") + "," + roles))).Left, Has.Count.EqualTo(21));
        Assert.That(() => ImportAsync("[" + string.Join(',', Enumerable.Repeat("{}", 2_001)) + "]"),
            Throws.InstanceOf<RefusedException>().With.Property("Refusal").Property("Code").EqualTo("import_too_many"));
        Assert.That(() => ImportAsync(ChatGpt[..^3]), Throws.InstanceOf<JsonException>());
        Assert.That(() => ImportAsync("[{},{\"a\":1}]"), Throws.InstanceOf<RefusedException>());

        static string Tree(string nodes) => "{\"title\":\"Tree\",\"mapping\":{" + nodes + "}}";

        static string Ask(string parent) => """
            {"parent":@,"message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["T"]}}}
            """.Replace("@", parent);
    }

    private async Task<ImportReport> ImportAsync(string json) =>
        await Store.Library.ImportAsync(Ada, new MemoryStream(Encoding.UTF8.GetBytes(json)), Token);

    private async Task<ConversationTree> TreeAsync(ImportedConversation conversation) =>
        (await Store.TreeAsync(Ada, conversation.Id, Token))!;

    /// <summary>Each message with its depth, in the order in which siblings are shown.</summary>
    private static List<string> Lines(ConversationTree tree)
    {
        var lines = new List<string>();
        Add(null, "");
        return lines;

        void Add(string? parentId, string indent)
        {
            foreach (var message in tree.Messages.Where(message => message.ParentId == parentId)
                .OrderBy(message => message.CreatedAt).ThenBy(message => message.Id, StringComparer.Ordinal))
            {
                var reasoning = message.Reasoning is null ? "" : $" ({message.Reasoning})";
                var calls = string.Concat((message.Tools ?? []).Select(call =>
                    $" [{call.At} {call.Name} {call.State}: {call.Arguments} = {call.Result}]"));
                lines.Add(message.Role == MessageRole.User ? $"{indent}User: {message.Text}"
                    : $"{indent}{message.Model} {message.FinishReason}{reasoning}: {message.Text}{calls}");
                Add(message.Id, indent + "  ");
            }
        }
    }
}
