using System.Text.Json;
using ChatStream.Web.Tools;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Tools;

internal sealed class ArgumentCheckTests
{
    private static readonly JsonElement Schema = JsonElement.Parse("""
        {"type":"object","required":["name"],"additionalProperties":false,"properties":{"name":{"type":"string"},
            "count":{"type":"integer"},"kind":{"enum":["a","b"]},"tags":{"type":"array","items":{"type":["string","null"]}},
            "place":{"type":"object","properties":{"x":{"type":"number"}},"required":["x"]},"any":true}}
        """);

    private static readonly Tool Any = new()
    {
        Declaration = AIFunctionFactory.CreateDeclaration("t", "", JsonElement.Parse("""
            {"type":"object","properties":{"place":{"type":"object","required":["x"]}}}
            """)),
        CallAsync = (_, _) => throw new AssertionException("It was called."),
        Asks = false,
    };

    [TestCase("""{"name":"n"}""", null)]
    [TestCase("""{"name":"n","count":3.0,"kind":"b","tags":["t",null],"place":{"x":1.5,"y":2},"any":[1]}""", null)]
    [TestCase("[]", "The arguments are not a JSON object.")]
    [TestCase("{}", "The arguments lack 'name'.")]
    [TestCase("""{"name":1}""", "The arguments.name must be of type 'string'.")]
    [TestCase("""{"name":"n","count":1.5}""", "The arguments.count must be of type 'integer'.")]
    [TestCase("""{"name":"n","kind":"c"}""", "The arguments.kind must be one of the values of the schema.")]
    [TestCase("""{"name":"n","tags":["t",1]}""", "The arguments.tags[1] must be of type ['string','null'].")]
    [TestCase("""{"name":"n","place":{}}""", "The arguments.place lack 'x'.")]
    [TestCase("""{"name":"n","other":1}""", "The arguments have a member that the schema does not know.")]
    public void Arguments_fit_their_schema_or_it_is_said_where_not(string arguments, string? fault) =>
        Assert.That(ArgumentCheck.Fault(Schema, JsonElement.Parse(arguments)), Is.EqualTo(fault));

    [TestCase("""{"\ud800":1}""")]
    [TestCase("""{"words":"\udc00"}""")]
    [TestCase("""{"place":{"\ud800\ud800":1,"x":1}}""")]
    public void Arguments_that_are_not_Unicode_are_not_called_with(string arguments) =>
        Assert.That(ToolCaller.Fault(Any, arguments, out _),
            Is.EqualTo("The arguments have a name or a text that is not Unicode. The call was not made."));

    /// <summary>What OpenAI's interface refuses: a schema with it, and with that the whole request.</summary>
    [TestCase("""{"type":"object"}""", """{"type":"object","properties":{}}""")]
    [TestCase("""{"type":"object","properties":[]}""", """{"type":"object","properties":{}}""")]
    [TestCase("""{"type":"object","properties":{"a":7}}""", """{"type":"object","properties":{}}""")]
    [TestCase(
        """{"type":"object","properties":{"a":{"type":"array"}}}""",
        """{"type":"object","properties":{"a":{"type":"array","items":{}}}}""")]
    [TestCase(
        """{"type":"object","properties":{"a":{"type":["null","array"]}}}""",
        """{"type":"object","properties":{"a":{"type":["null","array"],"items":{}}}}""")]
    [TestCase(
        """{"type":"object","properties":{"a":{"type":"array","items":[{"type":"string"}]}}}""",
        """{"type":"object","properties":{"a":{"type":"array","items":{}}}}""")]
    [TestCase(
        """{"type":"object","properties":{"a":{"anyOf":[{"type":"array","items":{"type":"array"}}]}}}""",
        """{"type":"object","properties":{"a":{"anyOf":[{"type":"array","items":{"type":"array","items":{}}}]}}}""")]
    [TestCase(
        """{"type":"object","properties":{"a":{"type":"date","required":true,"enum":[],"oneOf":[]}},"required":"a"}""",
        """{"type":"object","properties":{"a":{}}}""")]
    [TestCase(
        """{"type":"object","$defs":{"a":{"type":"array"}},"properties":{"b":{"default":{"type":"array"}}}}""",
        """{"type":"object","$defs":{"a":{"type":"array","items":{}}},"properties":{"b":{"default":{"type":"array"}}}}""")]
    [TestCase(
        """{"type":"object","properties":{"type":{"type":"string"},"items":{"type":"integer"}},"additionalProperties":"no"}""",
        """{"type":"object","properties":{"type":{"type":"string"},"items":{"type":"integer"}}}""")]
    [TestCase("""{"type":"object","properties":{"a":{}},"properties":{"b":{}}}""", null)]
    public void A_schema_is_told_as_model_services_take_it(string schema, string? told) =>
        Assert.That(ToolSchema.Of(JsonElement.Parse(schema))?.GetRawText(), Is.EqualTo(told));

    [TestCase("""{"path":"/tmp","path":"/etc"}""")]
    [TestCase("""{"path":"/tmp","p\u0061th":"/etc"}""")]
    [TestCase("""{"place":{"x":1,"y":2,"x":3}}""")]
    [TestCase("""{"list":[1,{"a":1,"a":1}]}""")]
    public void Arguments_that_have_a_member_twice_are_not_called_with(string arguments) =>
        Assert.That(ToolCaller.Fault(Any, arguments, out _),
            Is.EqualTo("The arguments have a member twice. The call was not made."));

    [TestCase("", null)]
    [TestCase(" \r\n", null)]
    [TestCase("""{"a":{"a":1},"b":{"a":1}}""", null)]
    [TestCase("""{"A":1,"a":2}""", null)]
    [TestCase("""{"a":1e999999}""", null)]
    [TestCase("null", "The arguments are not a JSON object. The call was not made.")]
    [TestCase("\"{}\"", "The arguments are not a JSON object. The call was not made.")]
    [TestCase("{'a':1}", "The arguments are not JSON. The call was not made.")]
    [TestCase("""{"a":1,}""", "The arguments are not JSON. The call was not made.")]
    [TestCase("""{"a":1}{"b":2}""", "The arguments are not JSON. The call was not made.")]
    [TestCase("""{"a":NaN}""", "The arguments are not JSON. The call was not made.")]
    [TestCase("/*a*/{}", "The arguments are not JSON. The call was not made.")]
    [TestCase("\ufeff{}", "The arguments are not JSON. The call was not made.")]
    public void Arguments_are_one_object_of_JSON(string arguments, string? fault) =>
        Assert.That(ToolCaller.Fault(Any, arguments, out _), Is.EqualTo(fault));

    [Test]
    public void Arguments_are_bounded_in_length_and_depth()
    {
        var longest = $$"""{"a":"{{new string('x', ArgumentCheck.MostBytes)}}"}""";
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 70)) + "1" + new string('}', 70);

        Assert.That(ToolCaller.Fault(Any, longest, out _), Does.StartWith("The arguments are longer than 65536 bytes."));
        Assert.That(ToolCaller.Fault(Any, deep, out _),
            Is.EqualTo("The arguments are nested more than 60 levels deep. The call was not made."));
        Assert.That(ToolCaller.Fault(Any, deep[1..], out _), Is.EqualTo("The arguments are not JSON. The call was not made."));
    }

    [Test]
    public void A_schema_that_is_no_object_or_too_large_is_not_used()
    {
        Assert.That(ArgumentCheck.IsUsable(Schema), Is.True);
        Assert.That(ArgumentCheck.IsUsable(JsonElement.Parse("""{"type":"array"}""")), Is.False);
        Assert.That(ArgumentCheck.IsUsable(JsonElement.Parse("""{"properties":{}}""")), Is.False);
        Assert.That(ArgumentCheck.IsUsable(JsonElement.Parse("true")), Is.False);
        Assert.That(ArgumentCheck.IsUsable(JsonElement.Parse("""{"\ud800\ud800":1,"type":"object"}""")), Is.False);
        byte[] noUtf8 = [.. "{\""u8, 0xff, .. "\":1,\"type\":\"object\"}"u8];
        Assert.That(ArgumentCheck.IsUsable(JsonElement.Parse(noUtf8)), Is.False);
        var large = $$"""{"type":"object","description":"{{new string('x', ArgumentCheck.LargestSchema)}}"}""";
        Assert.That(ArgumentCheck.IsUsable(JsonElement.Parse(large)), Is.False);
    }
}
