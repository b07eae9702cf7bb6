using ChatStream.Web.Providers;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers;

/// <summary>The examples of the makers' documentation, and the names of deployments.</summary>
internal sealed class ImageFamilyTests
{
    [TestCase("gpt-4o", 1024, 1024, 765)]
    [TestCase("gpt-4o", 2048, 4096, 1105)]
    [TestCase("gpt-4o", 4096, 8192, 1105)]
    [TestCase("gpt-4o", 100, 100, 255)]
    [TestCase("gpt-4o-2024-08-06", 512, 512, 255)]
    [TestCase("gpt-4o-mini", 1024, 1024, 25501)]
    [TestCase("o3", 1024, 1024, 675)]
    [TestCase("gpt-5", 1024, 1024, 630)]
    [TestCase("gpt-4.1-mini", 1024, 1024, 1659)]
    [TestCase("gpt-4.1-mini", 1800, 2400, 2353)]
    [TestCase("o4-mini", 1800, 2400, 2498)]
    [TestCase("gpt-5-nano", 32, 33, 5)]
    [TestCase("gpt-4.1-mini", 1, 40_000_000, 2489)]
    [TestCase("phi-4", 1024, 1024, 765)]
    public void An_image_is_counted_as_its_service_does(string name, int width, int height, int tokens) =>
        Assert.That(ImageFamily.Of(name).TokensOf(width, height), Is.EqualTo(tokens));

    [TestCase("gpt-4o-mini", true)]
    [TestCase("gpt-5.1", true)]
    [TestCase("GPT-4.1", true)]
    [TestCase("o1-mini", false)]
    [TestCase("o3-mini", false)]
    [TestCase("o365-help", false)]
    [TestCase("gpt-4o-realtime-preview", false)]
    [TestCase("gpt-4o-emulated", true)]
    [TestCase("gpt-35-turbo", false)]
    [TestCase("demo", false)]
    public void A_name_tells_whether_images_are_seen(string name, bool sees) =>
        Assert.That(ImageFamily.Of(name).SeesImages, Is.EqualTo(sees));
}
