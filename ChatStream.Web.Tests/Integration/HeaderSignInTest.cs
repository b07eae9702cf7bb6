using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The base of the tests in which a proxy's header names the user and the groups, on each database.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal abstract class HeaderSignInTest(DatabaseKind kind) : AppTest
{
    private TestDatabase _place = null!;

    [OneTimeTearDown]
    public async Task DropAsync() => await _place.DisposeAsync();

    protected override async Task PrepareAsync() => _place = await TestDatabase.NewAsync(kind);

    protected override void Configure(ChatApp.Setup setup)
    {
        _place.Use(setup);
        setup.Settings["SignIn:Kind"] = "Header";
        setup.Settings["SignIn:Header:From:0"] = "127.0.0.0/8";
        setup.Settings["SignIn:Header:From:1"] = "::1";
    }

    /// <summary>A user of its own for this test, who is in these groups.</summary>
    protected ChatClient Person(string name, params string[] groups)
    {
        var person = App.NewUser();
        person.Http.DefaultRequestHeaders.Add("X-Forwarded-User", name);
        person.Http.DefaultRequestHeaders.Add("X-Forwarded-Groups", string.Join(',', groups));
        return person;
    }

    /// <summary>A name that no other test has.</summary>
    protected static string NewName(string name) => $"{name}-{Guid.NewGuid():N}";

    protected static HttpRequestMessage Get(string path, string accept = "application/json") =>
        new(HttpMethod.Get, path) { Headers = { { "Accept", accept } } };
}
