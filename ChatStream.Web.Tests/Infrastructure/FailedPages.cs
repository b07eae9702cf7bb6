using System.Collections.Concurrent;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Playwright;
using NUnit.Framework;
using NUnit.Framework.Interfaces;

[assembly: FailedPages]

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>Keeps the screenshots and traces of failed tests, and deletes the others.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class FailedPagesAttribute : Attribute, ITestAction
{
    public ActionTargets Targets => ActionTargets.Test;

    public void BeforeTest(ITest test)
    {
    }

    public void AfterTest(ITest test) =>
        FailedPages.Sort(test, failed: TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Failed);
}

internal static class FailedPages
{
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<string>> Left = new();
    private static readonly ConcurrentDictionary<string, bool> Troubled = new();

    static FailedPages() => AppDomain.CurrentDomain.FirstChanceException += (_, thrown) =>
    {
        if (thrown.Exception is ResultStateException or PlaywrightException or TimeoutException)
            Troubled.TryAdd(TestContext.CurrentContext.Test.ID, true);
    };

    /// <summary>The folder for people to look at.</summary>
    public static string Kept => Directory.CreateDirectory(Path.Combine(Repository.Artifacts, "browser")).FullName;

    /// <summary>
    /// Whether the running test may be about to fail. That it has failed is known only after it has ended, when its pages are
    /// gone.
    /// </summary>
    public static bool MayFail =>
        TestContext.CurrentContext.CancellationToken.IsCancellationRequested
        || Troubled.ContainsKey(TestContext.CurrentContext.Test.ID);

    /// <summary>Where a page of the running test leaves its pictures.</summary>
    public static string NewFolder()
    {
        var folder = Directory.CreateTempSubdirectory("chatstream-page-").FullName;
        Left.GetOrAdd(TestContext.CurrentContext.Test.ID, _ => []).Enqueue(folder);
        return folder;
    }

    public static void Sort(ITest test, bool failed)
    {
        Troubled.TryRemove(test.Id, out _);
        if (!Left.TryRemove(test.Id, out var folders))
            return;
        var number = 0;
        foreach (var folder in folders)
        {
            if (failed)
            {
                var name = string.Concat($"{test.ClassName?.Split('.')[^1]}.{test.Name}".Split(Path.GetInvalidFileNameChars()));
                var target = Path.Combine(Kept, $"{name}-{++number}");
                if (Directory.Exists(target))
                    Directory.Delete(target, recursive: true);
                // A copy and not a move, because temporary files may be on another disk.
                Directory.CreateDirectory(target);
                foreach (var file in Directory.GetFiles(folder))
                    File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
            }
            Directory.Delete(folder, recursive: true);
        }
    }
}
