using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>Uploads of files, as the page sends them.</summary>
internal static class Uploads
{
    public static async Task<(HttpResponseMessage Response, JsonElement Body)> UploadAsync(
        this ChatClient user, byte[] content, string name = "file", string type = "application/octet-stream", string query = "")
    {
        using var form = new MultipartFormDataContent();
        var part = new ByteArrayContent(content);
        part.Headers.ContentType = new MediaTypeHeaderValue(type);
        form.Add(part, "file", name);
        var response = await user.Http.PostAsync(new Uri($"/files{query}", UriKind.Relative), form);
        return (response, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    /// <summary>The id of a file that is taken.</summary>
    public static async Task<string> UploadedAsync(this ChatClient user, byte[] content, string name = "file")
    {
        var (response, body) = await user.UploadAsync(content, name);
        response.EnsureSuccessStatusCode();
        return body.GetProperty("id").GetString()!;
    }

    public static Task<string> UploadedAsync(this ChatClient user, string text, string name = "notes.txt") =>
        user.UploadedAsync(Encoding.UTF8.GetBytes(text), name);
}
