using ChatStream.Web.Settings;
using ChatStream.Web.Storage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

internal sealed class ConnectionStringTests
{
    [TestCase("Host=a;Port=many;Password=hunter2")]
    [TestCase("hunter2")]
    [TestCase("Host=a;Password=se;hunter2=x")]
    public void An_invalid_connection_string_is_reported_by_its_setting_without_its_text(string text)
    {
        var refused = Assert.Throws<SettingsException>(() => _ = new PostgresDatabase(text))!;

        Assert.That(refused.Message, Does.StartWith("ConnectionStrings:Postgres: ").And.Not.Contains("hunter2"));
    }
}
