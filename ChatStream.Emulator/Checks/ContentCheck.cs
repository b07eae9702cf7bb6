using System.Text.Json;

namespace ChatStream.Emulator.Checks;

/// <summary>Refuses parts of messages that the interface does not have, and images that the service does not take.</summary>
internal static class ContentCheck
{
    /// <summary>Images of one request.</summary>
    private const int MostImages = 50;

    private static readonly string[] ForChat = ["text", "image_url", "input_audio", "refusal", "audio", "file"];

    private static readonly string[] ForResponses =
        ["input_text", "input_image", "output_text", "refusal", "input_file", "computer_screenshot", "summary_text"];

    public static Script? Refusal(EmulatedRequest request, ModelFamily family)
    {
        var list = request.IsForResponses ? "input" : "messages";
        if (!request.Json.TryGetProperty(list, out var messages) || messages.ValueKind != JsonValueKind.Array) return null;
        var images = 0;
        foreach (var (i, message) in messages.EnumerateArray().Index())
        {
            if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("content", out var content)
                || content.ValueKind != JsonValueKind.Array) continue;
            foreach (var (j, part) in content.EnumerateArray().Index())
            {
                var at = $"{list}[{i}].content[{j}]";
                var known = request.IsForResponses ? ForResponses : ForChat;
                if (Text(part, "type") is not { } type) return AzureErrors.MissingParameter($"{at}.type");
                if (!known.Contains(type)) return AzureErrors.InvalidValue(type, known, $"{at}.type");
                if (type is not ("image_url" or "input_image")) continue;
                if (++images > MostImages) return AzureErrors.TooManyImages(MostImages);
                if (RefusalOfImage(request, family, part, at) is { } refusal) return refusal;
            }
        }
        return null;
    }

    private static Script? RefusalOfImage(EmulatedRequest request, ModelFamily family, JsonElement part, string at)
    {
        if (!family.SeesImages) return AzureErrors.ImagesUnsupported(request.IsForResponses, $"{at}.type");
        var address = request.IsForResponses ? Text(part, "image_url")
            : part.TryGetProperty("image_url", out var image) ? Text(image, "url") : null;
        if (address is null) return AzureErrors.MissingParameter($"{at}.image_url");
        // An address of the web is fetched by the service. This one has none to fetch.
        if (!address.StartsWith("data:", StringComparison.Ordinal)) return AzureErrors.ImageNotFetched(at);
        return Content(address) is { } content && IsImage(content) ? null : AzureErrors.UnsupportedImage(at);
    }

    private static byte[]? Content(string address)
    {
        const string Mark = ";base64,";
        var mark = address.IndexOf(Mark, StringComparison.Ordinal);
        if (mark < 0 || !address.StartsWith("data:image/", StringComparison.Ordinal)) return null;
        var content = new byte[address.Length];
        return Convert.TryFromBase64String(address[(mark + Mark.Length)..], content, out var length) ? content[..length] : null;
    }

    private static bool IsImage(byte[] content) => content is
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [0xff, 0xd8, 0xff, ..]
        or [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] or [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..];

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
