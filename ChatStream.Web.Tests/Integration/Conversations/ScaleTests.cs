using System.Diagnostics;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Conversations;

/// <summary>10,000 conversations of 20 messages: what it takes to list, search and open them, over HTTP.</summary>
[SoakOnly]
internal sealed class ScaleTests
{
    private const int Conversations = 10_000;
    private const int Messages = 20;
    private const int Batch = 100;
    private const int Times = 21;

    private static readonly Owner Program = Owner.Program("scale");

    [Test]
    public async Task Ten_thousand_conversations_are_listed_searched_and_opened([Values] DatabaseKind kind)
    {
        await using var place = await TestDatabase.NewAsync(kind, migrated: false);
        await using var app = await ChatApp.StartAsync(setup =>
        {
            setup.Settings["Api:Keys:0:Name"] = "scale";
            setup.Settings["Api:Keys:0:Key"] = "a-key-of-the-scale-tests";
            if (kind == DatabaseKind.Postgres)
                setup.Settings["ConnectionStrings:Postgres"] = place.Place;
        });
        var ids = await SeedAsync(app.Services.GetRequiredService<IChatDatabase>());

        using var http = new HttpClient { BaseAddress = app.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "a-key-of-the-scale-tests");
        var figures = new Dictionary<string, object>
        {
            ["list, first page"] = await MedianAsync(http, "/conversations"),
            ["list, page 100"] = await MedianAsync(http, $"/conversations?before={Cursor(3_000, ids)}"),
            ["search, one word in 1 of 1,000"] = await MedianAsync(http, "/conversations?q=rare007"),
            ["search, two words in all"] = await MedianAsync(http, "/conversations?q=message+text"),
            ["search, two Chinese characters in 1 of 100"] =
                await MedianAsync(http, $"/conversations?q={Uri.EscapeDataString("学习")}"),
            ["page of a conversation"] = await MedianAsync(http, $"/chat/{ids[5_000]}"),
        };
        Soak.Report(
            $"scale-{kind}", new { unit = "milliseconds, median", conversations = Conversations, messages = Messages, figures });

        var found = await http.GetStringAsync("/conversations?q=rare007&limit=100");
        Assert.That(found.Split("\"leafId\"").Length - 1, Is.EqualTo(Conversations / 1_000));
    }

    private static async Task<List<string>> SeedAsync(IChatDatabase database)
    {
        var ids = new List<string>();
        for (var first = 0; first < Conversations; first += Batch)
        {
            var from = first;
            ids.AddRange(await database.WriteAsync(Program, async db =>
            {
                var batch = Enumerable.Range(from, Batch).Select(n => (Number: n, Id: Ids.New())).ToList();
                foreach (var (number, id) in batch)
                    await AddAsync(db, number, id);
                return batch.Select(conversation => conversation.Id);
            }));
        }
        // What the server does by itself some time after so many rows.
        await database.WriteAsync(Program, db => db.Database.ExecuteSqlRawAsync("ANALYZE"));
        return ids;
    }

    private static async Task AddAsync(ChatDbContext db, int number, string id)
    {
        var time = DateTimeOffset.UnixEpoch.AddSeconds(number);
        var messages = new List<Message>();
        for (var i = 0; i < Messages; i++)
        {
            messages.Add(new Message
            {
                Id = Ids.New(),
                ConversationId = id,
                OwnerId = Program.Id,
                ParentId = messages.LastOrDefault()?.Id,
                Role = i % 2 == 0 ? MessageRole.User : MessageRole.Assistant,
                Text =
                    $"Message {i} of conversation {number}: some text of the usual kind, "
                    + $"{(i == 3 ? $"rare{number % 1_000:d3}" : "plain")} {(number % 100 == 0 ? "机器学习" : "words")}.",
                Model = i % 2 == 0 ? null : "demo",
                FinishReason = i % 2 == 0 ? null : FinishReason.Completed,
                CreatedAt = time,
            });
        }
        db.Conversations.Add(
            new Conversation
            {
                Id = id,
                OwnerId = Program.Id,
                Title = $"Conversation {number}",
                LeafId = messages[^1].Id,
                CreatedAt = time,
                UpdatedAt = time,
            });
        db.Messages.AddRange(messages);
        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();
        foreach (var message in messages)
            await db.IndexAsync(Program.Id, id, message.Id, SearchTerms.Of(message.Text));
    }

    private static string Cursor(int fromNewest, List<string> ids)
    {
        var time = DateTimeOffset.UnixEpoch.AddSeconds(Conversations - fromNewest);
        return $"{time.ToUnixTimeMilliseconds()}.{ids[Conversations - fromNewest]}";
    }

    private static async Task<double> MedianAsync(HttpClient http, string path)
    {
        var times = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            var since = Stopwatch.GetTimestamp();
            using var response = await http.GetAsync(path);
            await response.Content.ReadAsByteArrayAsync();
            Assert.That(response.IsSuccessStatusCode, Is.True, path);
            times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }
        times.Sort();
        return Math.Round(times[Times / 2], 1);
    }
}
