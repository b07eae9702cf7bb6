using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Owning;

/// <summary>Asks other instances about the answers that they run.</summary>
internal sealed partial class Neighbours : IDisposable
{
    /// <summary>How long an instance may take to respond. Then it counts as unreachable.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, CancellationTokenSource> _gone = new(StringComparer.Ordinal);
    private readonly ForwardedTicket _ticket;
    private readonly TimeProvider _time;
    private readonly ILogger<Neighbours> _logger;

    public Neighbours(
        ForwardedTicket ticket, IOptions<ClusterOptions> options, [FromKeyedServices(StorageSetup.Clock)] TimeProvider time,
        ILogger<Neighbours> logger)
    {
        (_ticket, _time, _logger) = (ticket, time, logger);
        var connections = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = Patience,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            ResponseDrainTimeout = TimeSpan.Zero, // a reader that leaves is gone for the other instance, too
        };
        if (options.Value.TrustedCertificate is { Length: > 0 } file)
            connections.SslOptions.CertificateChainPolicy = Trusting(file);
        Http = new HttpMessageInvoker(connections);
    }

    /// <summary>Sends requests to other instances. It follows nothing and keeps nothing.</summary>
    public HttpMessageInvoker Http { get; }

    /// <summary>Cancelled once an instance is taken for dead. What it has not said by then, it never will.</summary>
    public CancellationToken GoneToken(string instanceId) =>
        _gone.GetOrAdd(instanceId, static _ => new CancellationTokenSource()).Token;

    /// <summary>Takes note of the instances that are alive, and lets go of the others.</summary>
    public void Note(IReadOnlyList<InstanceRow> alive)
    {
        foreach (var id in _gone.Keys.Where(id => alive.All(row => row.Id != id)))
        {
            if (_gone.TryRemove(id, out var gone))
                gone.Cancel();
        }
    }

    /// <summary>The state and text of an answer as its instance has it; null: that cannot be reached.</summary>
    public Task<Answer?> FindAsync(InstanceRow instance, Owner owner, string id, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Get, instance, new Caller(owner, ""), $"/chat/stream/{id}", Patience,
            (response, limit) => ReadAsync(response, WireJson.Wire.Answer, limit), cancellationToken);

    /// <summary>What an instance knows of itself; null: it cannot be reached.</summary>
    /// <param name="instance">The instance to ask.</param>
    /// <param name="caller">An administrator, in whose name it is asked.</param>
    /// <param name="cancellationToken">The request's token.</param>
    public Task<InstanceState?> StateAsync(InstanceRow instance, Caller caller, CancellationToken cancellationToken) =>
        instance.Address.Length == 0 ? Task.FromResult<InstanceState?>(null)
        : AskAsync(HttpMethod.Get, instance, caller, "/admin/instance", Patience,
            (response, limit) => ReadAsync(response, WireJson.Wire.InstanceState, limit), cancellationToken);

    /// <summary>Stops an answer.</summary>
    /// <returns>False: its instance cannot be reached.</returns>
    public Task<bool> StopAsync(InstanceRow instance, Owner owner, string id, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, instance, new Caller(owner, ""), $"/chat/stream/{id}/stop", BoundedDatabase.Patience,
            (response, _) => Task.FromResult(response.IsSuccessStatusCode), cancellationToken);

    public void Dispose() => Http.Dispose();

    private async Task<T?> AskAsync<T>(
        HttpMethod method, InstanceRow instance, Caller caller, string path, TimeSpan patience,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, instance.Address + path);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Add(ForwardedTicket.Header, _ticket.Write(caller, instance.Id, method.Method, path));
        try
        {
            using var response = await Http.SendAsync(request, both.Token);
            return await read(response, both.Token); // a body may stand still, too
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or OperationCanceledException or IOException
            && !cancellationToken.IsCancellationRequested)
        {
            Log.NotReached(_logger, instance.Address, fault);
            return default;
        }
    }

    private static async Task<T?> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class =>
        response.StatusCode == HttpStatusCode.OK
            ? await JsonSerializer.DeserializeAsync(
                await response.Content.ReadAsStreamAsync(cancellationToken), type, cancellationToken)
            : null;

    private static X509ChainPolicy Trusting(string file)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The instance at {Address} cannot be reached.")]
        public static partial void NotReached(ILogger logger, string address, Exception fault);
    }
}
