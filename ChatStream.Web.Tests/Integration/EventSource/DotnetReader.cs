using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace ChatStream.Web.Tests.Integration.EventSource;

/// <summary>The parser of .NET in a loop that reconnects.</summary>
/// <param name="CountsTheLine">
/// Whether it goes on after <c>parser.LastEventId</c>, which changes with the <c>id</c> line, or after the last whole event.
/// </param>
internal sealed record DotnetReader(bool CountsTheLine) : ClientReader
{
    public override async Task<IReadOnlyList<Received>> ReadAsync(
        Uri server, string bearerKey, IReadOnlyList<string> paths, CancellationToken timeout)
    {
        using var http = new HttpClient { BaseAddress = server };
        http.DefaultRequestHeaders.Authorization = new("Bearer", bearerKey);
        return await Task.WhenAll(paths.Select(path => ReadAsync(http, path, timeout)));
    }

    private async Task<Received> ReadAsync(HttpClient http, string path, CancellationToken timeout)
    {
        var (text, finish, lastId) = (new StringBuilder(), "", "");
        while (true)
        {
            SseParser<string>? parser = null;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                if (lastId.Length > 0)
                    request.Headers.Add("Last-Event-ID", lastId);
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout);
                if (response.StatusCode != HttpStatusCode.OK)
                    return new Received(path, text.ToString(), finish, Fault: null); // 204: there is nothing more
                parser = SseParser.Create(await response.Content.ReadAsStreamAsync(timeout));
                await foreach (var item in parser.EnumerateAsync(timeout))
                {
                    if (item.EventType == "message")
                        text.Append(JsonDocument.Parse(item.Data).RootElement.GetProperty("text").GetString());
                    else if (item.EventType == "finish")
                        finish += item.Data;
                    else if (item.EventType == "stop")
                        return new Received(path, text.ToString(), finish, Fault: null);
                    lastId = item.EventId ?? lastId;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException && !timeout.IsCancellationRequested)
            {
                // Lost: the next connection goes on.
            }
            if (CountsTheLine && parser?.LastEventId is { Length: > 0 } id)
                lastId = id;
        }
    }
}
