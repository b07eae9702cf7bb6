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
    public void Arguments_that_are_not_Unicode_are_not_called_with(string arguments)
    {
        var tool = new Tool
        {
            Declaration = AIFunctionFactory.CreateDeclaration("t", "", JsonElement.Parse("""
                {"type":"object","properties":{"place":{"type":"object","required":["x"]}}}
                """)),
            CallAsync = (_, _) => throw new AssertionException("It was called."),
            Asks = false,
        };

        Assert.That(ToolCaller.Fault(tool, arguments, out _),
            Is.EqualTo("The arguments have a name or a text that is not Unicode. The call was not made."));
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
