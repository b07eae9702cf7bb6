using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>The moment of a kill. It depends on what the process does and not on a clock.</summary>
internal sealed class KillMoment
{
    private readonly TaskCompletionSource _come = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<Frame, bool> _isMeant = _ => false;

    private KillMoment()
    {
    }

    public Task Come => _come.Task;

    public static KillMoment Seeded(Random random, AppProcess app)
    {
        var moment = new KillMoment();
        var left = random.Next(1, 1_500);
        switch (random.Next(4))
        {
            case 0: // Right after one of the first commits.
                left = random.Next(1, 40);
                _ = moment.AfterAsync(app.LineAsync(line => line.Contains(Commit.Line, StringComparison.Ordinal) && --left == 0));
                break;
            case 1: // When the first answer ends and the others go on.
                moment._isMeant = frame => frame.Event == "finish";
                break;
            default: // After some words.
                moment._isMeant = frame => frame.Event == "message" && Interlocked.Decrement(ref left) == 0;
                break;
        }
        return moment;
    }

    /// <summary>Any reader saw any frame.</summary>
    public void Saw(Frame frame)
    {
        if (_isMeant(frame))
            _come.TrySetResult();
    }

    private async Task AfterAsync(Task<string> line)
    {
        await line;
        _come.TrySetResult();
    }
}
