using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>What another user does while one user streams.</summary>
/// <param name="app">Where.</param>
/// <param name="user">The other user.</param>
internal abstract class Disturbance(FairnessApp app, ChatClient user)
{
    private readonly ConcurrentDictionary<int, int> _statuses = new();

    protected static FairnessAmounts Amounts => FairnessAmounts.OfThisRun;

    protected FairnessApp App { get; } = app;

    protected ChatClient User { get; } = user;

    public string Name => GetType().Name;

    /// <summary>The responses by their status, for people.</summary>
    public IReadOnlyDictionary<int, int> Statuses => _statuses;

    /// <summary>Stores what it needs, before anybody streams.</summary>
    public virtual Task PrepareAsync(CancellationToken timeout) => Task.CompletedTask;

    public abstract Task RunAsync(CancellationToken timeout);

    protected void Count(HttpStatusCode status) => _statuses.AddOrUpdate((int)status, 1, (_, count) => count + 1);

    /// <summary>Sends requests, some at once, and counts their statuses.</summary>
    protected Task SendAsync(
        int requests, int atOnce, Func<int, HttpRequestMessage> request, CancellationToken timeout,
        Func<ChatClient>? sender = null) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, requests), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = timeout },
            async (number, token) =>
            {
                using var other = sender?.Invoke();
                using var response = await (other ?? User).Http.SendAsync(request(number), token);
                await response.Content.CopyToAsync(Stream.Null, token);
                Count(response.StatusCode);
            });

    /// <summary>Waits until the database has none of this title: the app may answer before it has removed all rows.</summary>
    protected async Task UntilRemovedAsync(string title, CancellationToken timeout)
    {
        while (await App.CountAsync(title, timeout) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, timeout);
    }

    /// <summary>One of each kind.</summary>
    /// <param name="app">Where.</param>
    /// <param name="user">Who does it.</param>
    /// <param name="owner">Whose conversations expire.</param>
    public static IReadOnlyList<Disturbance> All(FairnessApp app, ChatClient user, ChatClient owner) =>
    [
        new Imports(app, user), new PathChanges(app, user), new LongMessages(app, user), new Readers(app, user),
        new Deletion(app, user), new Searches(app, user), new StartsWithoutCookies(app, user), new Retention(app, owner),
    ];

    private sealed class Imports(FairnessApp app, ChatClient user) : Disturbance(app, user)
    {
        private byte[] _body = [];

        public override Task PrepareAsync(CancellationToken timeout)
        {
            _body = BigConversation.Body("Imported", Amounts.PathMessages, Amounts.ImportBytes);
            return Task.CompletedTask;
        }

        public override Task RunAsync(CancellationToken timeout) => Task.WhenAll(Enumerable.Range(0, Amounts.Imports)
            .Select(async _ => Count(await BigConversation.PostAsync(User, _body, timeout))));
    }

    private sealed class PathChanges(FairnessApp app, ChatClient user) : Disturbance(app, user)
    {
        private BigConversation _conversation = new("", []);

        public override async Task PrepareAsync(CancellationToken timeout) => _conversation = await BigConversation.ImportAsync(
            User, BigConversation.Body("Paths", Amounts.PathMessages, 200 * Amounts.PathMessages), timeout);

        public override Task RunAsync(CancellationToken timeout) => SendAsync(
            Amounts.PathChanges, Amounts.PathChanges,
            number => new HttpRequestMessage(HttpMethod.Patch, $"/conversations/{_conversation.Id}")
            {
                Content = JsonContent.Create(
                    new { leafId = _conversation.Messages[number * _conversation.Messages.Count / Amounts.PathChanges] }),
            },
            timeout);
    }

    private sealed class LongMessages(FairnessApp app, ChatClient user) : Disturbance(app, user)
    {
        private readonly string _message =
            string.Join(' ', Enumerable.Range(0, Amounts.LongMessageBytes / 8).Select(n => $"w{n:d6}"));

        public override Task RunAsync(CancellationToken timeout) => SendAsync(
            Amounts.LongMessages, Amounts.LongMessages, number => ChatClient.Post(new { message = $"{number} {_message}" }),
            timeout);
    }

    private sealed class Readers(FairnessApp app, ChatClient user) : Disturbance(app, user)
    {
        private const int OpenedAtOnce = 50;

        public override async Task RunAsync(CancellationToken timeout)
        {
            await using var stream = await User.StartAsync($"{SteadyScripts.Steady} for many readers", timeout);
            await stream.NextAsync();
            var path = $"/chat/stream/{stream.GenerationId}";
            var reading = new ConcurrentBag<Task>();
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Amounts.Readers),
                new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce, CancellationToken = timeout },
                async (_, token) =>
                {
                    var request =
                        new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/event-stream" } } };
                    var response = await User.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
                    Count(response.StatusCode);
                    reading.Add(DrainAsync(response, token));
                });
            await Task.WhenAll(reading);
            await stream.ToEndAsync();
        }

        private static async Task DrainAsync(HttpResponseMessage response, CancellationToken timeout)
        {
            using (response)
                await response.Content.CopyToAsync(Stream.Null, timeout);
        }
    }

    private sealed class Deletion(FairnessApp app, ChatClient user) : Disturbance(app, user)
    {
        private const string Title = "Deleted";

        private BigConversation _conversation = new("", []);

        public override async Task PrepareAsync(CancellationToken timeout) => _conversation = await BigConversation.ImportAsync(
            User, BigConversation.Body(Title, Amounts.DeletedMessages, 300 * Amounts.DeletedMessages), timeout);

        public override async Task RunAsync(CancellationToken timeout)
        {
            await SendAsync(
                1, 1, _ => new HttpRequestMessage(HttpMethod.Delete, $"/conversations/{_conversation.Id}"), timeout);
            await UntilRemovedAsync(Title, timeout);
        }
    }

    private sealed class Searches(FairnessApp app, ChatClient user) : Disturbance(app, user)
    {
        private const int AtOnce = 16;

        public override Task PrepareAsync(CancellationToken timeout) => BigConversation.ImportAsync(
            User, BigConversation.Body("Searched", Amounts.PathMessages, 500 * Amounts.PathMessages), timeout);

        public override Task RunAsync(CancellationToken timeout) => SendAsync(
            Amounts.Searches, AtOnce, number => new HttpRequestMessage(HttpMethod.Get, $"/conversations?q=w{number % 100}"),
            timeout);
    }

    private sealed class StartsWithoutCookies(FairnessApp app, ChatClient user) : Disturbance(app, user)
    {
        private const int AtOnce = 50;

        public override Task RunAsync(CancellationToken timeout) =>
            SendAsync(
                Amounts.Starts, AtOnce, number => ChatClient.Post(new { message = $"Stranger {number}" }), timeout,
                App.NewStranger);
    }
}
