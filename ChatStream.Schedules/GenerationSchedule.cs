using System.Buffers;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using Microsoft.Coyote.Random;
using ThreadPool = ChatStream.Web.Streaming.ThreadPool;

namespace ChatStream.Schedules;

/// <summary>
/// A model writes, checkpoints are committed, a user stops, the end is stored or not, readers come and go, and the log is
/// released. There is one end. Readers get its frames once and in order. Where text is shown after its commit, none is seen
/// before.
/// </summary>
internal sealed class GenerationSchedule : IDisposable
{
    private readonly Generator _random = Generator.Create();
    private readonly bool _showsAfterCommit;
    private readonly Generation _generation;
    private string _durable = "";
    private int _ends;
    private EndedAnswer? _answer;

    private GenerationSchedule()
    {
        _showsAfterCommit = _random.NextBoolean();
        _generation = new Generation(
            "gggggggggggggggg", new Owner("me"), MemoryPool<byte>.Shared, TimeProvider.System,
            _showsAfterCommit ? ShowFrames.AfterCommit : ShowFrames.AtOnce);
    }

    public static async Task RunAsync()
    {
        using var schedule = new GenerationSchedule();
        await schedule.ExploreAsync();
    }

    public void Dispose() => _generation.Dispose();

    private async Task ExploreAsync()
    {
        var early = Task.Run(() => ReadAsync(0));
        _generation.Begin(new StartPayload(
            _generation.Id, "cccccccccccccccc", _generation.Id, "uuuuuuuuuuuuuuuu", "model", "title"));
        Task[] all =
        [
            early, Task.Run(() => ReadAsync(1)), Task.Run(Produce), Task.Run(Commit), Task.Run(() => End(FinishReason.Stopped)),
            Task.Run(CloseAsync),
        ];
        await Task.WhenAll(all);
        await ThreadPool.DoneAsync();

        Check.That(_ends == 1, $"{_ends} ends");
        Check.That(_generation.Frames.Count == _answer!.LastFrame + 1, $"{_generation.Frames.Count} frames: {_answer}");
        Check.That(!_generation.Frames.HasReaders, "a reader was not removed");
    }

    private void Produce()
    {
        _generation.AppendReasoning("a");
        _generation.AppendText("b");
        _generation.AppendText("c");
        End(FinishReason.Completed);
    }

    private void Commit()
    {
        for (var n = 0; n < 2; n++)
        {
            if (_generation.Uncommitted() is not { } part)
                continue;
            _durable += part.Text;
            _generation.Committed(part);
        }
    }

    private void End(FinishReason reason)
    {
        if (_generation.TryEnd(reason))
            Interlocked.Increment(ref _ends);
    }

    private async Task CloseAsync()
    {
        var end = await _generation.Ended;
        _answer = _generation.ToStored(end);
        if (_random.NextBoolean())
        {
            _durable = _answer.Text;
            _generation.Frames.ShowAll();
        }
        else
        {
            end = new GenerationEnd(FinishReason.Failed, new FailurePayload(FailureCode.Internal, "Not stored."));
            _answer = _generation.ToStored(end, showsAll: false);
        }
        _generation.Close(end);
        _generation.Dispose();
    }

    private async Task ReadAsync(int from)
    {
        from = Math.Min(from, _generation.Frames.ShownCount);
        if (_generation.Frames.TryOpenReader(from, default) is not { } opened)
            return;
        using var reader = opened;
        var seen = new SeenFrames(from);
        await seen.ReadAsync(reader, CheckDurable);
        Check.That(seen.Next == _answer!.LastFrame + 1, $"{seen.Next} frames were read: {_answer}");
        if (!_showsAfterCommit)
            Check.That(seen.Text == _answer.Text, $"'{seen.Text}' was read: {_answer}");
    }

    private void CheckDurable(SeenFrames seen)
    {
        var text = seen.Text;
        Check.That(
            !_showsAfterCommit || _durable.StartsWith(text, StringComparison.Ordinal), $"'{text}' was seen, not '{_durable}'");
    }
}
