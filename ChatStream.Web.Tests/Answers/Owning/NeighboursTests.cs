using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Owning;

internal sealed class NeighboursTests
{
    [Test]
    [CancelAfter(30_000)]
    public async Task An_instance_that_stands_still_in_its_response_cannot_be_reached(CancellationToken token)
    {
        await using var still = await SmallServer.StartAsync(async http =>
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("""{"generationId":""");
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        // Real time: the response has begun long before the patience ends.
        var (time, here) = (TimeProvider.System, new Instance());
        var cluster = new Cluster(new OneInstance());
        await cluster.JoinAsync(token);
        var options = Options.Create(new ClusterOptions());
        using var neighbours = new Neighbours(
            new ForwardedTicket(cluster, here, options, time), options, time, NullLogger<Neighbours>.Instance);

        var found = await neighbours.FindAsync(
            new InstanceRow(Ids.New(), still.Address, ""), Owner.NewBrowser(), Ids.New(), token);

        Assert.That(found, Is.Null);
    }
}
