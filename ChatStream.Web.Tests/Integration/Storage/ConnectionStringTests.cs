using ChatStream.Web.Settings;
using ChatStream.Web.Storage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Storage;

internal sealed class ConnectionStringTests
{
    [TestCase("Host=a;Port=many;Password=hunter2")]
    [TestCase("hunter2")]
    [TestCase("Host=a;Password=se;hunter2=x")]
    public void One_that_is_none_is_told_by_its_setting_and_not_repeated(string text)
    {
        var refused = Assert.Throws<SettingsException>(() => _ = new PostgresDatabase(text))!;

        Assert.That(refused.Message, Does.StartWith("ConnectionStrings:Postgres: ").And.Not.Contains("hunter2"));
    }
}
