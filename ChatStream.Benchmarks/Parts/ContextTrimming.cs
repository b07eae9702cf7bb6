using System.Text.Json;
using BenchmarkDotNet.Attributes;
using ChatStream.Benchmarks.Load;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatStream.Benchmarks.Parts;

/// <summary>Reads the context for the model from SQLite. The budget of tokens is the same for all conversations.</summary>
[MemoryDiagnoser]
public class ContextTrimming : IAsyncDisposable // BenchmarkDotNet derives from it
{
    private const int Budget = 8_000;

    private static readonly Owner Me = new("me");

    private readonly string _folder = Directory.CreateTempSubdirectory("chatstream-parts-").FullName;
    private SqliteDatabase _database = null!;
    private ContextBuilder _contexts = null!;
    private string _leafId = "";

    [Params(500, 5_000)]
    public int Messages { get; set; }

    [GlobalSetup]
    public async Task FillAsync()
    {
        _database = new SqliteDatabase(_folder, NullLogger<SqliteDatabase>.Instance);
        await _database.OpenAsync(CancellationToken.None);
        using var removal = new Removal(_database, new OneInstance(), TimeProvider.System, NullLogger<Removal>.Instance);
        var tokens = new TokenCounter();
        var summaries = new SummaryStore(_database, tokens, TimeProvider.System);
        var importer = new ConversationImporter(_database, tokens, summaries, removal, TimeProvider.System);
        using var json = new MemoryStream(
            JsonSerializer.SerializeToUtf8Bytes(LongConversation.Of(Messages), WireJson.Wire.ConversationTree));
        var id = (await importer.ImportAsync(Me, json, CancellationToken.None)).Conversations[0].Id;
        await using var db = _database.ReadAs(Me);
        _leafId = (await db.Conversations.SingleAsync(conversation => conversation.Id == id)).LeafId;
        _contexts = new ContextBuilder(_database);
    }

    [Benchmark]
    public async Task<int> Build() => (await _contexts.BuildAsync(Me, _leafId, Budget, CancellationToken.None)).Turns.Count;

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
