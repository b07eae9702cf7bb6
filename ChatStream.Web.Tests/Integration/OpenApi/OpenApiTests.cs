using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ChatStream.Web.Contract;
using ChatStream.Web.Controllers;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.OpenApi;

/// <summary>The document says what the app does: its routes, its payloads, and what other people's tools make of it.</summary>
internal sealed class OpenApiTests : AppTest
{
    private static readonly string Source = Path.Combine(Repository.Root, "ChatStream.Web", "Contract", "openapi.json");

    private static readonly string Folder = Path.Combine(Repository.Tests, "Integration", "OpenApi");

    private static readonly JsonObject Document = JsonNode.Parse(File.ReadAllText(Source))!.AsObject();

    /// <summary>Pages and forms are for browsers.</summary>
    private static readonly Type[] ForBrowsers =
    [
        typeof(PageController), typeof(PreferencesController), typeof(SessionController), typeof(DiagnoseController),
        typeof(OpenApiController), typeof(WordsController),
    ];

    private static readonly string[] OwnPages =
    [
        "GET /account", "POST /account/erase", "POST /account/browser", "GET /admin/users/{user}", "POST /shares/revoke",
        "POST /shares/make",
    ];

    private static readonly Dictionary<string, Type> Renamed = new()
    {
        ["Cost"] = typeof(CostPayload),
        ["Prompt"] = typeof(PromptEntry),
        ["Usage"] = typeof(UsagePayload),
        ["Failure"] = typeof(FailurePayload),
        ["Summary"] = typeof(SummaryNode),
        ["Feedback"] = typeof(FeedbackNode),
        ["StartEvent"] = typeof(StartPayload),
        ["StatusEvent"] = typeof(StatusPayload),
        ["FinishEvent"] = typeof(FinishPayload),
        ["SnapshotEvent"] = typeof(SnapshotPayload),
        ["ToolEvent"] = typeof(ToolPayload),
    };

    private static JsonObject Schemas => Document["components"]!["schemas"]!.AsObject();

    private static IEnumerable<string> Objects => Named(isEnum: false);

    private static IEnumerable<string> Words => Named(isEnum: true);

    protected override void Configure(ChatApp.Setup setup) => setup.Settings["PathBase"] = "/tools";

    [Test]
    public async Task It_is_served_below_the_path_of_the_site()
    {
        using var response = await User.Http.GetAsync("/tools/openapi.json", Token);
        var served = JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!.AsObject();

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/json; charset=utf-8"));
        Assert.That(served["servers"]!.ToJsonString(), Is.EqualTo("""[{"url":"/tools/"}]"""));
        served["servers"] = Document["servers"]!.DeepClone();
        Assert.That(JsonNode.DeepEquals(served, Document), Is.True);
    }

    [Test]
    public void Every_route_for_programs_is_in_it_and_no_other()
    {
        var routes = App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is { } action
                && !ForBrowsers.Contains(action.ControllerTypeInfo.AsType())
                && endpoint.Metadata.GetMetadata<ApiExplorerSettingsAttribute>() is not { IgnoreApi: true })
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Where(method => method != "HEAD").Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}"))
            .Except(OwnPages);
        var said = Document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()
            .Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"))
            .Where(route => !route.Contains("/health/", StringComparison.Ordinal));

        Assert.That(said, Is.EquivalentTo(routes.Distinct()));
    }

    [TestCaseSource(nameof(Objects))]
    public void A_schema_has_the_members_of_its_payload(string name)
    {
        var members = WireJson.Wire.GetTypeInfo(TypeOf(name)!)!.Properties;
        var schema = Schemas[name]!;

        Assert.That(schema["properties"]!.AsObject().Select(member => member.Key),
            Is.EquivalentTo(members.Where(member => member.Get is not null || member.Set is not null).Select(m => m.Name)));
        if (name is "StartRequest" or "ConversationChange" or "ConversationIds") // of which each member is checked by the app
            return;
        Assert.That(schema["required"]?.AsArray().Select(member => member!.GetValue<string>()) ?? [],
            Is.EquivalentTo(members.Where(member => member is { IsGetNullable: false }).Select(member => member.Name)));
    }

    [TestCaseSource(nameof(Words))]
    public void A_closed_set_has_its_words(string name) =>
        Assert.That(Schemas[name]!["enum"]!.AsArray().Select(word => word!.GetValue<string>()), Is.EquivalentTo(
            TypeOf(name)!.GetFields().Select(field =>
                field.GetCustomAttributes(false).OfType<JsonStringEnumMemberNameAttribute>().SingleOrDefault()?.Name)
            .Where(word => word is not null)));

    [Test]
    public void Two_linters_find_no_error([Values("redocly", "spectral")] string linter)
    {
        string[] arguments = linter == "redocly"
            ? [Script("@redocly/cli", "bin/cli.js"), "lint", Source]
            : [
                Script("@stoplight/spectral-cli", "dist/index.js"), "lint", "--ruleset",
                Path.Combine(Folder, "spectral.yaml"), Source,
            ];
        var (output, exitCode) = RealProcess.Run(RealParts.NodeWithPackages, arguments);

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Contain(linter == "redocly" ? "is valid" : "0 errors"), "it has looked");
    }

    [Test]
    [CancelAfter(120_000)]
    public void A_client_that_is_made_from_it_runs_all_three_shapes()
    {
        var made = Directory.CreateDirectory(Path.Combine(Repository.Tests, "obj", "openapi")).FullName;
        File.Copy(Path.Combine(Folder, "client.mts"), Path.Combine(made, "client.mts"), overwrite: true);
        Run(Script("openapi-typescript", "bin/cli.js"), Source, "-o", Path.Combine(made, "api.mts"));
        Run(
            Path.Combine(Repository.Root, "ChatStream.Web", "node_modules", "typescript", "bin", "tsc"), "--strict",
            "--skipLibCheck", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--types", "node",
            "--typeRoots", Path.Combine(Repository.Root, "ChatStream.Web", "node_modules", "@types"),
            Path.Combine(made, "client.mts"));

        var printed = Run(Path.Combine(made, "client.mjs"), new Uri(App.Address, "/tools").ToString());
        var told = JsonDocument.Parse(printed).RootElement;

        Assert.That(told.GetProperty("streamed").GetString(), Is.EqualTo("completed"));
        Assert.That(told.GetProperty("whole").GetRawText(), Is.EqualTo("[200,\"And now?\"]"));
        Assert.That(told.GetProperty("begun").GetRawText(), Does.Match(@"^\[202,""/tools/chat/stream/[\w-]{16}""\]$"));
        Assert.That(told.GetProperty("later").GetString(), Is.EqualTo("Later"));
        Assert.That(told.GetProperty("refused").GetRawText(), Is.EqualTo("[400,\"message_empty\"]"));
        Assert.That(told.GetProperty("messages").GetRawText(),
            Is.EqualTo("[\"Hello\",\"Hello\",\"And now?\",\"And now?\",\"Later\",\"Later\"]"));
    }

    private static string Run(params string[] arguments)
    {
        var (output, exitCode) = RealProcess.Run(RealParts.NodeWithPackages, arguments);
        Assert.That(exitCode, Is.Zero, output);
        return output;
    }

    private static IEnumerable<string> Named(bool isEnum) =>
        Schemas.Select(schema => schema.Key).Where(name => TypeOf(name)?.IsEnum == isEnum);

    private static string Script(string package, string path) =>
        Path.Combine([Repository.Tests, "node_modules", .. package.Split('/'), .. path.Split('/')]);

    private static Type? TypeOf(string schema) => Renamed.TryGetValue(schema, out var type) ? type
        : typeof(WireJson).Assembly.GetType($"{typeof(WireJson).Namespace}.{schema}");
}
