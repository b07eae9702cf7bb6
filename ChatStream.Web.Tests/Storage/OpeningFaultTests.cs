using System.Net.Sockets;
using ChatStream.Web.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

/// <summary>Why a database cannot be opened is one line with the setting's name and without the fault's own words.</summary>
internal sealed class OpeningFaultTests
{
    private static IEnumerable<TestCaseData> Faults()
    {
        static TestCaseData Case(Exception fault, string told) => new TestCaseData(fault, told).SetArgDisplayNames(told);

        yield return Case(new SqliteException("secret", 5), "Data:Path: another program has locked chatstream.db.");
        yield return Case(new SqliteException("secret", 8), "Data:Path: chatstream.db cannot be written to.");
        yield return Case(new SqliteException("secret", 10), "Data:Path: the disk reports an error, or is full.");
        yield return Case(new SqliteException("secret", 11), "Data:Path: chatstream.db is damaged.");
        yield return Case(new SqliteException("secret", 13), "Data:Path: the disk is full.");
        yield return Case(new SqliteException("secret", 14), "Data:Path: chatstream.db cannot be opened.");
        yield return Case(new SqliteException("secret", 26), "Data:Path: chatstream.db is not a database");
        yield return Case(new SqliteException("secret", 1), "Data:Path: chatstream.db cannot be opened (SQLite error 1).");
        yield return Case(
            new InvalidOperationException(
                "secret", new NpgsqlException("secret", new SocketException((int)SocketError.ConnectionRefused))),
            "ConnectionStrings:Postgres: the server cannot be reached (ConnectionRefused).");
        yield return Case(
            new NpgsqlException("secret", new TimeoutException("secret")),
            "ConnectionStrings:Postgres: the server does not answer in time.");
        yield return Case(new NpgsqlException("secret"), "ConnectionStrings:Postgres: the connection to the server was lost");
        foreach (var (state, told) in new[]
        {
            ("28P01", "the server refuses this user or password (28P01)."), ("28000", "the server refuses this user"),
            ("3D000", "the server has no such database (3D000)."), ("42501", "the user may not make or change tables"),
            ("53300", "the server takes no more connections"), ("57P03", "the server is starting or stopping"),
            ("53100", "the server's disk is full"), ("99999", "the database cannot be opened (99999)."),
        })
        {
            yield return Case(
                new PostgresException("secret", "FATAL", "FATAL", state), $"ConnectionStrings:Postgres: {told}");
        }
    }

    [TestCaseSource(nameof(Faults))]
    public void A_fault_is_told_in_one_line(Exception fault, string told) => Assert.That(
        OpeningFault.Of(fault)!.Message, Does.StartWith(told).And.Not.Contain("secret").And.Not.Contain("\n"));

    [Test]
    public void Another_fault_is_not_the_databases() =>
        Assert.That(OpeningFault.Of(new InvalidOperationException("no", new IOException("no"))), Is.Null);
}
