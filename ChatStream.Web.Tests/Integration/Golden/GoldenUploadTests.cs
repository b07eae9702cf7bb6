using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>Files of forms in several parts, and where they are told again.</summary>
internal sealed class GoldenUploadTests : GoldenTest
{
    private const string Disposition = "Content-Disposition: form-data; name=\"file\"; filename=\"tea.csv\"\r\n";

    [Test]
    public async Task Text_from_its_form_to_the_export()
    {
        await SendAsync(Form("", $"{Disposition}Content-Type: text/csv\r\n", "Tea;3 €\nCoffee;4 €\n"));
        await SendAsync("GET /files/{F1}");
        await SendAsync("HEAD /files/{F1}");
        await SendAsync("GET /files/{F1}\nIf-None-Match: \"{F1}\"");
        await SendAsync("GET /files/{F1}?format=text");
        await SendAsync("GET /files/{F1}?format=json");
        await SendAsync("""
            POST /chat/stream
            Accept: application/json

            {"message":"What does tea cost?","files":["{F1}"]}
            """);
        await SendAsync("GET /conversations/{C1}");
        await SendAsync("GET /conversations/{C1}/export?format=json");
        await SendAsync("GET /conversations/{C1}/export?format=md");
        // An edit names its files anew.
        await SendAsync("""
            POST /chat/stream
            Accept: application/json

            {"message":"And without the list?","parentId":"{C1}"}
            """);
    }

    [TestCaseSource(nameof(RefusedRequests))]
    public Task Refused(GoldenRequest request) => SendAsync(request);

    private static IEnumerable<TestCaseData> RefusedRequests()
    {
        yield return Case("JSON", "POST /files\n\n{}");
        yield return Case("no boundary", "POST /files\nContent-Type: multipart/form-data\n\n--b");
        yield return Case("a form that is cut", "POST /files\nContent-Type: multipart/form-data; boundary=b\n\n--b");
        yield return Case("a compressed form",
            "POST /files\nContent-Type: multipart/form-data; boundary=b\nContent-Encoding: gzip\n\n--b");
        yield return Form("no file", "", "Content-Disposition: form-data; name=\"other\"\r\n", "x");
        yield return Form("an empty file", "", Disposition, "");
        yield return Form("an archive that is none", "", Disposition, "PK\u0003\u0004");
        yield return Form("a broken document", "", Disposition, "%PDF-1.7 x");
        yield return Form("an unknown model", "?model=none", Disposition, "x");
        yield return Case("an unknown file", $"GET /files/{NoId}");
        yield return Case("a file in a message that is unknown", $$"""
            POST /chat/stream

            {"message":"Hi","files":["{{NoId}}"]}
            """);
        yield return Case("another method", $"DELETE /files/{NoId}");
    }

    private static TestCaseData Form(string name, string query, string headers, string content) =>
        new TestCaseData(Form(query, headers, content)).SetArgDisplayNames(name);

    // Lines of the parts end as those of a mail.
    private static GoldenRequest Form(string query, string headers, string content) => GoldenRequest.Parse(
        $"POST /files{query}\nContent-Type: multipart/form-data; boundary=b\n\n--b\r\n{headers}\r\n{content}\r\n--b--\r\n");
}
