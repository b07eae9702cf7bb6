using System.Net;
using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

/// <summary>The words that ask the console's emulator for an answer or a fault.</summary>
internal sealed class ConsoleScriptsTests : EmulatorTest
{
    [TestCase("/short", HttpStatusCode.OK)]
    [TestCase("/429 please", HttpStatusCode.TooManyRequests)]
    [TestCase("/429\n\n/short", HttpStatusCode.OK, Description = "The first message got no answer, and comes with the next one")]
    [TestCase("/429\n\n/500\n\nHello", HttpStatusCode.OK)]
    public async Task The_last_message_decides(string message, HttpStatusCode status)
    {
        Emulator.On(ConsoleScripts.ForCommand);
        Emulator.Default = Script.Answer("Hello");

        using var response = await PostAsync(Asking(message));
        Assert.That(response.StatusCode, Is.EqualTo(status));
    }
}
