using System.Security.Cryptography;
using ChatStream.Web.Contract;
using Npgsql;

namespace ChatStream.Web.Storage;

/// <summary>
/// The instances that share a PostgreSQL database. Renewing has a connection of its own: an instance that has lent all others
/// must not be taken for dead.
/// </summary>
internal sealed class PostgresInstances : IInstances, IAsyncDisposable
{
    /// <summary>
    /// In the migrations, because the EF model does not have it. The key of <c>Cluster</c> makes it a table of one row. What is
    /// in <c>Places</c> may be lost.
    /// </summary>
    public const string Create = """
        CREATE TABLE "Instances" (
            "Id" character varying(16) PRIMARY KEY,
            "Address" text NOT NULL,
            "Version" text NOT NULL,
            "Running" integer NOT NULL,
            "Started" integer NOT NULL,
            "AliveUntil" timestamp with time zone NOT NULL);
        CREATE TABLE "Cluster" (
            "Id" integer PRIMARY KEY CHECK ("Id" = 1),
            "Name" text NOT NULL,
            "Secret" bytea NOT NULL);
        CREATE UNLOGGED TABLE "Places" (
            "Id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            "Key" text NOT NULL,
            "InstanceId" character varying(16) NOT NULL,
            "IsHeld" boolean NOT NULL,
            "TakenAt" timestamp with time zone NOT NULL DEFAULT clock_timestamp());
        CREATE INDEX "IX_Places_Key" ON "Places" ("Key");
        """;

    /// <summary>
    /// Follows <c>INSERT … SELECT …</c> in SQL: inserts nothing if the instance <c>@instance</c> counts as dead. Until the
    /// transaction has ended, nobody can take it for dead.
    /// </summary>
    public const string IfAlive = """ FROM "Instances" WHERE "Id" = @instance FOR KEY SHARE""";

    private const string Renew = """
        UPDATE "Instances" SET "Address" = @address, "Running" = @running, "Started" = @started,
            "AliveUntil" = clock_timestamp() + @for WHERE "Id" = @id RETURNING clock_timestamp()
        """;

    private const string Add = """
        INSERT INTO "Instances" ("Id", "Address", "Version", "Running", "Started", "AliveUntil")
        VALUES (@id, @address, @version, @running, @started, clock_timestamp() + @for)
        ON CONFLICT ("Id") DO UPDATE SET "Address" = excluded."Address", "AliveUntil" = excluded."AliveUntil"
        RETURNING clock_timestamp()
        """;

    // A row that a checkpoint has locked is left for the next time: nobody waits for an instance that stands still.
    private const string Bury = """
        DELETE FROM "Instances" WHERE "Id" IN (SELECT "Id" FROM "Instances"
            WHERE "AliveUntil" < clock_timestamp() AND "Id" <> @own FOR UPDATE SKIP LOCKED)
        """;

    private const string Alive = """SELECT "Id", "Address", "Version", "Running", "Started" FROM "Instances" ORDER BY "Id" """;

    private const string Remove = """DELETE FROM "Instances" WHERE "Id" = @id""";

    // An update, because an insert that does nothing returns nothing.
    private const string Share = """
        INSERT INTO "Cluster" ("Id", "Name", "Secret") VALUES (1, @name, @secret)
        ON CONFLICT ("Id") DO UPDATE SET "Id" = excluded."Id" RETURNING "Name", "Secret"
        """;

    /// <summary>Seconds. Renewing is tried again soon, so one try must not take long.</summary>
    private const int Patience = 2;

    private readonly NpgsqlDataSource _renewing;
    private readonly NpgsqlDataSource _source;
    private readonly string? _name;
    private readonly DatabaseTime _time;
    private volatile List<InstanceRow> _known = [];

    /// <param name="connectionString">Names the database.</param>
    /// <param name="name">The name of the users' cookies so far, for a database that has none yet; null: a new one.</param>
    /// <param name="time">Learns with each renewal what the database's clock says.</param>
    public PostgresInstances(string connectionString, string? name, DatabaseTime time)
    {
        (_name, _time) = (name, time);
        var settings = PostgresDatabase.SettingsOf(connectionString);
        (settings.Timeout, settings.CommandTimeout, settings.MinPoolSize, settings.MaxPoolSize) = (Patience, Patience, 0, 2);
        _renewing = NpgsqlDataSource.Create(settings);
        _source = NpgsqlDataSource.Create(settings);
    }

    public bool AreMany => true;

    public bool HasOthers => _known.Count > 1;

    public IReadOnlyList<InstanceRow> Known => _known;

    public async Task<bool> RenewAsync(InstanceRow instance, TimeSpan aliveFor, CancellationToken cancellationToken)
    {
        await using var renew = Command(Renew, instance, aliveFor);
        return await ExecuteAsync(renew, cancellationToken);
    }

    public async Task AddAsync(InstanceRow instance, TimeSpan aliveFor, CancellationToken cancellationToken)
    {
        await using var add = Command(Add, instance, aliveFor);
        await ExecuteAsync(add, cancellationToken);
    }

    public async Task<IReadOnlyList<InstanceRow>> AliveAsync(string own, CancellationToken cancellationToken)
    {
        var alive = new List<InstanceRow>();
        await using var both = _source.CreateBatch();
        both.BatchCommands.Add(new NpgsqlBatchCommand(Bury) { Parameters = { new("own", own) } });
        both.BatchCommands.Add(new NpgsqlBatchCommand(Alive));
        await using var rows = await both.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            alive.Add(new InstanceRow(rows.GetString(0), rows.GetString(1), rows.GetString(2))
            {
                Running = rows.GetInt32(3),
                Started = rows.GetInt32(4),
            });
        }
        return _known = alive;
    }

    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        await using var remove = _renewing.CreateCommand(Remove);
        remove.Parameters.AddWithValue("id", id);
        await remove.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<ClusterRow> ClusterAsync(CancellationToken cancellationToken)
    {
        await using var share = _source.CreateCommand(Share);
        share.Parameters.AddWithValue("name", _name ?? Ids.New());
        share.Parameters.AddWithValue("secret", RandomNumberGenerator.GetBytes(32));
        await using var rows = await share.ExecuteReaderAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);
        return new ClusterRow(rows.GetString(0), rows.GetFieldValue<byte[]>(1));
    }

    public async ValueTask DisposeAsync()
    {
        await _renewing.DisposeAsync();
        await _source.DisposeAsync();
    }

    /// <returns>False: there was no row.</returns>
    private async Task<bool> ExecuteAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var asked = _time.GetTimestamp();
        if (await command.ExecuteScalarAsync(cancellationToken) is not DateTime told)
            return false;
        _time.Note(told, asked);
        return true;
    }

    private NpgsqlCommand Command(string sql, InstanceRow instance, TimeSpan aliveFor)
    {
        var command = _renewing.CreateCommand(sql);
        command.Parameters.AddWithValue("id", instance.Id);
        command.Parameters.AddWithValue("address", instance.Address);
        if (sql == Add)
            command.Parameters.AddWithValue("version", instance.Version);
        command.Parameters.AddWithValue("running", instance.Running);
        command.Parameters.AddWithValue("started", instance.Started);
        command.Parameters.AddWithValue("for", aliveFor);
        return command;
    }
}
