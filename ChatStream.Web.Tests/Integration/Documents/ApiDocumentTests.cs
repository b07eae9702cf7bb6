using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Documents;

/// <summary>The tables of <c>docs/api.md</c> have what the code has.</summary>
internal sealed partial class ApiDocumentTests : AppTest
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "api.md"));

    /// <summary>The requests of the first column, each with its method: <c>`PUT`, `DELETE /a`</c> is two.</summary>
    private static HashSet<string> Routes => [.. Chapter("## Routes").SelectMany(line => RequestsOf(line.Split('|')[1]))];

    /// <summary>Of the table, its code is the first column. The first line is its head.</summary>
    private static HashSet<string> Codes =>
    [
        .. Chapter("## Errors").Skip(1).SelectMany(line => Quoted().Matches(line.Split('|')[1]))
            .Select(code => code.Groups[1].Value),
    ];

    [Test]
    public void Each_route_is_in_the_table()
    {
        var routes = App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is not null)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Where(method => method != "HEAD")
                .Select(method => $"{method} /{Parameter().Replace(endpoint.RoutePattern.RawText!, "{}")}"))
            .Distinct().ToList();

        Assert.That(routes, Has.Count.GreaterThan(50));
        Assert.That(routes.Except(Routes), Is.Empty);
    }

    /// <summary>A code is a text in the statement that makes a refusal.</summary>
    [Test]
    public void Each_code_of_a_refusal_is_in_the_table()
    {
        var codes = Directory.EnumerateFiles(Path.Combine(Repository.Root, "ChatStream.Web"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Contains("obj"))
            .SelectMany(file => Refusal().Matches(File.ReadAllText(file)))
            .SelectMany(statement => Snake().Matches(statement.Value))
            .Select(code => code.Groups[1].Value).Distinct().ToList();

        Assert.That(codes, Has.Count.GreaterThan(50));
        Assert.That(codes.Except(Codes), Is.Empty);
    }

    [Test]
    public void The_contract_lists_the_codes_of_the_table()
    {
        var contract = File.ReadAllText(Path.Combine(Repository.Root, "ChatStream.Web", "Contract", "openapi.json"));
        var listed = JsonNode.Parse(contract)!["components"]!["schemas"]!["RefusalCode"]!["enum"]!.AsArray();

        Assert.That(listed.Select(code => code!.GetValue<string>()), Is.EquivalentTo(Codes));
    }

    private static IEnumerable<string> Chapter(string head) => Lines
        .SkipWhile(line => line != head).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal));

    private static IEnumerable<string> RequestsOf(string cell)
    {
        var methods = new List<string>();
        var folder = "";
        foreach (var quoted in Quoted().Matches(cell).Select(quoted => quoted.Groups[1].Value))
        {
            var request = Request().Match(quoted);
            if (!request.Success)
                continue;
            if (request.Groups[1].Success)
            {
                if (folder.Length > 0)
                    methods.Clear();
                methods.Add(request.Groups[1].Value);
                folder = "";
            }
            if (!request.Groups[2].Success)
                continue;
            // `POST /a/b`, `/c` is POST /a/b and POST /a/c.
            var path = Parameter().Replace(request.Groups[2].Value, "{}");
            var full = folder.Length > 0 && !request.Groups[1].Success ? folder + path : path;
            folder = full[..full.LastIndexOf('/')];
            foreach (var method in methods)
                yield return $"{method} {full}";
        }
    }

    [GeneratedRegex(@"`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^(?:(GET|POST|PUT|PATCH|DELETE)\b ?)?(/[^?# ]*)?(?:[?#].*)?$")]
    private static partial Regex Request();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\b(?:Refus(?:al|e|ed|edException)\(|RefusedException \w+\(|Code = )[^;]*;")]
    private static partial Regex Refusal();

    [GeneratedRegex("\"([a-z]+(?:_[a-z]+)+)\"")]
    private static partial Regex Snake();
}
