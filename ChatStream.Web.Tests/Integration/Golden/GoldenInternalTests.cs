using ChatStream.Web.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>What is said of a fault in the app itself: its model client and its library fail at each call.</summary>
internal sealed class GoldenInternalTests : GoldenTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Services += services => services
            .AddSingleton(new Mock<IChatClient>(MockBehavior.Strict).Object)
            .AddSingleton(new ConversationLibrary(null!, null!, null!, null!, null!, null!));
    }

    [TestCaseSource(nameof(Requests))]
    public Task Fault(GoldenRequest request) => SendAsync(request);

    private static IEnumerable<TestCaseData> Requests() =>
    [
        Case("answer", "POST /chat/stream\n\n{\"message\":\"Hi\"}"),
        Case("answer as JSON", "POST /chat/stream\nAccept: application/json\n\n{\"message\":\"Hi\"}"),
        Case("list", "GET /conversations"),
        Case("list for events", "GET /conversations\nAccept: text/event-stream"),
        Case("page", "GET /\nAccept: text/html"),
        Case("form", "POST /chat\nContent-Type: application/x-www-form-urlencoded\n\nx=y"),
    ];
}
