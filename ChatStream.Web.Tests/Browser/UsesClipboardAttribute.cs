using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// One test at a time copies and pastes: all pages of the browser have one clipboard, and fixtures run side by side.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UsesClipboardAttribute : Attribute, ITestAction
{
    private static readonly SemaphoreSlim Free = new(1);

    public ActionTargets Targets => ActionTargets.Test;

    public void BeforeTest(ITest test) => Free.Wait();

    public void AfterTest(ITest test) => Free.Release();
}
