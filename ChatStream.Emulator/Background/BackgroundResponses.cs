using System.Collections.Concurrent;
using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator.Background;

/// <summary>The responses that are kept, by their ids.</summary>
internal sealed class BackgroundResponses
{
    private readonly ConcurrentDictionary<string, BackgroundResponse> _byId = new(StringComparer.Ordinal);

    public IReadOnlyList<BackgroundResponse> All => [.. _byId.Values.OrderBy(response => response.Id, StringComparer.Ordinal)];

    public BackgroundResponse Add(string id, EmulatedRequest request, ResponsesEvents source) =>
        _byId[id] = new BackgroundResponse(id, request, source);

    public BackgroundResponse? Find(string id) => _byId.GetValueOrDefault(id);

    public void Forget(string id) => _byId.TryRemove(id, out _);
}
