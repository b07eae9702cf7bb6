using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.EventSource;

/// <summary>The browser's own <c>EventSource</c>, on a page of the app's origin and with its cookie.</summary>
internal sealed record ChromiumReader : ClientReader
{
    /// <summary>A browser keeps no more than six connections to an origin.</summary>
    private const int AtOnce = 5;

    // A response that is cut inside its head ends an EventSource for good. The next one names the last event.
    private const string Read = """
        paths => Promise.all(paths.map(path => new Promise(resolve => {
            const seen = { path, text: '', finish: '' };
            let lastId = '', opened = 0;
            const open = () => {
                const source = new EventSource(lastId ? `${path}&lastEventId=${lastId}` : path);
                const on = (name, take) => source.addEventListener(name, event => {
                    lastId = event.lastEventId;
                    take(event.data);
                });
                for (const name of ['start', 'status', 'usage', 'failure']) on(name, () => {});
                on('message', data => seen.text += JSON.parse(data).text);
                on('finish', data => seen.finish += data);
                on('stop', () => { source.close(); resolve(seen); });
                source.onerror = () => {
                    if (source.readyState !== EventSource.CLOSED) return;
                    if (++opened < 20) open(); else resolve({ ...seen, fault: 'It was closed twenty times.' });
                };
            };
            open();
        })))
        """;

    public override async Task<IReadOnlyList<Received>> ReadAsync(
        Uri server, string bearerKey, IReadOnlyList<string> paths, CancellationToken timeout)
    {
        await using var page = await Chromium.NewPageAsync(server);
        await page.Page.GotoAsync("/models");
        var received = new List<Received>();
        foreach (var some in paths.Chunk(AtOnce))
        {
            received.AddRange((await page.Page.EvaluateAsync<Seen[]>(Read, some).WaitAsync(timeout))
                .Select(seen => new Received(seen.Path, seen.Text, seen.Finish, seen.Fault)));
        }
        return received;
    }

    private sealed class Seen
    {
        public string Path { get; set; } = "";

        public string Text { get; set; } = "";

        public string Finish { get; set; } = "";

        public string? Fault { get; set; }
    }
}
