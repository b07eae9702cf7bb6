using System.Diagnostics;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>The build of the commit before and this one serve side by side, while one takes the place of the other.</summary>
[SoakOnly] // It builds the commit before.
internal sealed class RollingUpdateTests
{
    private string _folder = null!;

    [OneTimeSetUp]
    public void BuildBefore()
    {
        _folder = Path.Combine(Path.GetTempPath(), $"chatstream-before-{Guid.NewGuid():N}");
        Run("git", Repository.Root, "worktree", "add", "--detach", _folder, "HEAD~1");
        Run("cp", Repository.Root, "-r", "ChatStream.Web/node_modules", Path.Combine(_folder, "ChatStream.Web"));
        Run("dotnet", _folder, "build", "ChatStream.Web", "--output", Build);
    }

    [OneTimeTearDown]
    public void Remove() => Run("git", Repository.Root, "worktree", "remove", "--force", _folder);

    [Test]
    [CancelAfter(300_000)]
    public async Task The_version_before_and_this_one_serve_side_by_side(CancellationToken timeout)
    {
        await using var group = await InstanceGroup.StartAsync(0, timeout, migrated: false);
        await group.AddAsync(1, Build);
        using var user = await group.NewUserAsync(0);
        var gate = new Gate();
        group.Emulator.Enqueue(Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        await using var before = await user.StartAsync("At the old one", timeout);
        await before.UntilTextAsync("so far");

        await group.AddAsync(1);
        using var there = group.At(1, user);
        await using var after = await there.AttachAsync(before.GenerationId, cancellationToken: timeout);
        await after.UntilTextAsync("so far");
        gate.Open();
        await Task.WhenAll(before.ToEndAsync(), after.ToEndAsync()).WaitAsync(timeout);
        Assert.That(after.Frames, Is.EqualTo(before.Frames));

        group.Emulator.Enqueue(Script.Start().Text("new").Stall());
        await using var next = await there.StartAsync("At the new one", timeout);
        await next.UntilTextAsync("new");
        using (var stopped = await user.StopAsync(next.GenerationId))
            Assert.That((int)stopped.StatusCode, Is.EqualTo(204), "stopped at the old one");
        await next.ToEndAsync();

        group.Processes[0].Terminate();
        Assert.That(await group.Processes[0].Exited.WaitAsync(timeout), Is.Zero);
        group.Emulator.Enqueue(Script.Answer("Alone"));
        Assert.That((await there.AskAsync("Hi")).GetProperty("text").GetString(), Is.EqualTo("Alone"));
    }

    private string Build => Path.Combine(_folder, "built");

    private static void Run(string program, string folder, params string[] arguments)
    {
        var (output, exitCode) = RealProcess.Run(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder });
        Assert.That(exitCode, Is.Zero, output);
    }
}
