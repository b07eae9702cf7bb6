using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>
/// The moment of a kill. It depends on what the process does and not on a clock. It comes at the latest when only two answers are
/// still running: how many frames and commits there are depends on the machine.
/// </summary>
internal sealed class KillMoment
{
    private readonly TaskCompletionSource _come = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<Frame, bool> _isMeant = _ => false;
    private int _running;

    private KillMoment(int answers) => _running = answers;

    public Task Come => _come.Task;

    /// <param name="random">Decides.</param>
    /// <param name="app">What is killed.</param>
    /// <param name="answers">How many it runs.</param>
    public static KillMoment Seeded(Random random, AppProcess app, int answers)
    {
        var moment = new KillMoment(answers);
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
        if (_isMeant(frame) || (frame.Event == "finish" && Interlocked.Decrement(ref _running) <= 2))
            _come.TrySetResult();
    }

    private async Task AfterAsync(Task<string> line)
    {
        await line;
        _come.TrySetResult();
    }
}
