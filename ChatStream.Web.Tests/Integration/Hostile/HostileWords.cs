namespace ChatStream.Web.Tests.Integration.Hostile;

/// <summary>What hostile requests are made of. Each list has what a client sends and what no client should.</summary>
internal static class HostileWords
{
    /// <summary>A header that no answer may have: it comes only from a line break in something that was sent.</summary>
    public const string Canary = "X-Injected";

    public static readonly string[] Methods = ["GET", "GET", "GET", "POST", "POST", "POST", "HEAD", "PUT", "PATCH", "DELETE"];

    public static readonly string[] OddMethods =
        ["OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "G\0T", "", "G E T", new('M', 1000), "PRI"];

    /// <summary>What is served beside the routes of the controllers, and what is not.</summary>
    public static readonly string[] OtherPaths =
    [
        "/health/live", "/health/ready", "/health/startup", "/metrics", "/dist/page.js", "/dist/{id}", "/favicon.ico",
        "/signin-oidc", "/instances/{id}", "/_framework/{id}", "*", "//", "/..%2f..%2fappsettings.json", "/%2e%2e/nlog.config",
        "/dist/..%5c..%5cnlog.config",
    ];

    public static readonly string[] Ids =
    [
        "AAAAAAAAAAAAAAAA", "%00", "%20", "%2F", "..", "%", "%zz", "%ff%fe", "%c0%af", "%E2%80%AE", "%F0%9F%98%80", "a b", "é",
        "AAAAAAAAAAAAAAAA.0", "-1", "null", "%0d%0aX-Injected:%201", "'%20OR%201=1--", "{0}", "<script>", new('A', 300), "",
    ];

    public static readonly string[] Parameters =
    [
        "message", "model", "conversationId", "lastEventId", "idempotencyKey", "q", "before", "limit", "format", "days", "[",
        "folder", "pinned", "instance", "kind", "code", "message[0]", "", "__proto__",
    ];

    public static readonly string[] Values =
    [
        "Hello", "", "%00", "-1", "0", "1e9", "99999999999999999999", "NaN", "md", "json", "%0d%0aX-Injected:%201",
        "%0a%0aevent:%20finish%0adata:%20{}", "%ff", "%zz", "%F0%9F%98%80", "gpt-4o", "../../etc/passwd", "' OR 1=1 --",
        "2026-01-01T00:00:00Z", "9999-99-99", "%E2%80%A8", "AAAAAAAAAAAAAAAA.0", "AAAAAAAAAAAAAAAA.s3", "AAAAAAAAAAAAAAAA.-1",
        "AAAAAAAAAAAAAAAA.99999999999999999999", new('v', 3000), new('%', 30),
    ];

    public static readonly string[] OddVersions = ["HTTP/1.0", "HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "http/1.1", "", "X"];

    /// <summary>Whole lines of headers.</summary>
    public static readonly string[] Headers =
    [
        "Accept: text/event-stream", "Accept: application/json", "Accept: text/html", "Accept: */*;q=0", "Accept: ;;;q=,",
        "Accept: text/event-stream;q=9, application/json;q=-1", "Accept: a/b;c=\"", "Accept: text/csv",
        $"Accept: {new string('a', 9000)}",
        "Accept-Language: zh", "Accept-Language: *;q=NaN, -", "Accept-Language: zz-ZZ-0000000000000000",
        "Accept-Encoding: br, gzip",
        "Accept-Encoding: identity;q=0, *;q=0", "Accept-Charset: utf-7", "Range: bytes=0-0", "Range: bytes=-1",
        "Range: bytes=5-2",
        "Range: bytes=0-0,0-0,0-0,0-0,1-1,2-2", "Range: bytes=99999999999999999999-", "Range: lines=1-2", "Range: bytes=\0",
        "If-Range: \"x\"", "If-None-Match: *", "If-None-Match: W/\"x\", \"", "If-Match: \"x\"", "If-Modified-Since: yesterday",
        "If-Modified-Since: Mon, 01 Jan 9999 00:00:00 GMT", "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
        "Last-Event-ID: AAAAAAAAAAAAAAAA.0", "Last-Event-ID: AAAAAAAAAAAAAAAA.99999999999999999999", "Last-Event-ID: ",
        "Last-Event-ID: \u0001",
        "Last-Event-ID: é", "Idempotency-Key: k", "Idempotency-Key: é\u0001", $"Idempotency-Key: {new string('k', 201)}",
        "Prefer: respond-async", "Prefer: wait=0", "Prefer: wait=-1", "Prefer: wait=99999999999999999999", "Prefer: ,;=,wait",
        "Prefer: wait=\"",
        "Authorization: Bearer", "Authorization: Bearer a.b.c", "Authorization: Basic \u0001", "Authorization: \0",
        $"Authorization: Bearer {new string('b', 8000)}", "Cookie: a", "Cookie: =;;=;", "Cookie: chatstream-AAAA=CfDJ8AAAA",
        $"Cookie: {new string('c', 8000)}",
        "Cookie: chatstream.language=c%3D%00%7Cuic%3D%00; chatstream.zone=../..; chatstream.theme=\u0001",
        "Origin: null", "Origin: https://evil.example", "Origin: :::", "Referer: \u0001", "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: é",
        "Sec-Purpose: prefetch", "X-Forwarded-For: 1.2.3.4, x, ::1, [", "X-Forwarded-Proto: javascript",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Prefix: //evil.example", "X-Forwarded-User: root", "Forwarded: for=\"[::1", "X-ChatStream-Page: 1",
        "ChatStream-Forwarded: x", "ChatStream-Forwarded: ", "ChatStream-Forwarded: CfDJ8AAAAAAAAAAA",
        "X-HTTP-Method-Override: DELETE", "Expect: 100-continue", "Expect: nothing",
        "Upgrade: websocket",
        "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA", "Content-Encoding: gzip", "Content-Encoding: x",
        "TE: trailers",
        "Trailer: Host", "Connection: upgrade, HTTP2-Settings",
        "traceparent: 00-00000000000000000000000000000000-0000000000000000-ff",
        "traceparent: \u0001", "baggage: =,=,;", "Content-Type: application/json; charset=utf-16",
        "Content-Type: application/json; charset=x",
        "Content-Type: ;", "Content-Type: multipart/form-data", "Content-Type: multipart/form-data; boundary=\"",
        "Content-Type: text/plain",
        "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: \u000bchunked",
        "Content-Length: -1", "Content-Length: +2", "Content-Length: 1, 2", "Content-Length: 99999999999999999999",
        "Content-Length: ",
        "Host: evil.example", "Host: ", "Host: a b", "Host: localhost:99999", "Host: [::", "Host: é", "No colon", ": no name",
        "A b: c",
        " Folded: line", "X-Odd: \0", "X-Odd: \r", $"X-Huge: {new string('h', 40_000)}", "X-Csv: =cmd|' /C calc'!A1",
        "User-Agent: \u001b[31m",
    ];

    public static readonly string[] Bodies =
    [
        """{"message":"Hello"}""", """{"message":"Hello","conversationId":"{id}"}""",
        """{"message":"Hello","parentId":"{id}"}""",
        """{"message":"Hello","model":"gpt-4o","effort":"high","verbosity":null}""", """{"title":"New","leafId":"{id}"}""",
        """{"title":"a\r\nX-Injected: 1"}""", """{"title":null}""", """{"message":"\n\nevent: finish\ndata: {}\nid: x"}""",
        """{"message":"\ud83d"}""", """{"message":"\u0000"}""", """{"message":1}""", """{"message":["Hello"]}""",
        """{"message":{}}""",
        """{"message":"Hello","message":"Twice"}""", """{"message":"Hello",}""", """{/**/"message":"Hello"}""",
        """{"MESSAGE":"Hello"}""",
        """{"__proto__":{"message":"Hello"}}""", """{"limit":1e999}""", "{", "[]", "null", "1e999", "\"", "", "\uFEFF{}", "NaN",
        """{"title":"T","messages":[{"id":"AAAAAAAAAAAAAAAA","role":"user","text":"a"}]}""",
        """{"title":"T","messages":[{}]}""",
        """{"title":"T","messages":[{"id":"A","parentId":"A","role":"x","text":null,"createdAt":"never"}]}""",
        """{"text":"A summary"}""", """{"name":"Work","instructions":"Be brief."}""", """{"name":"\u0000","model":"x"}""",
        """{"title":"Daily","text":"What is new?"}""", """{"rating":"up"}""", """{"rating":"down","reason":"wrong"}""",
        """{"ids":["{id}","{id}"]}""", """{"ids":["{id}"],"folderId":"{id}"}""", """{"ids":null,"folderId":1}""",
        """{"reasoning":true,"files":true,"expires":"never"}""", """{"reasoning":true}""", """{"decision":"allow"}""",
        """{"decision":"refuse","arguments":{}}""", """{"message":"Hello","files":["{id}"],"temporary":true}""",
        $"{{\"message\":{new string('[', 2000)}", $"{{\"message\":\"{new string('x', 100_000)}\"}}",
        $"{{\"{new string('n', 5000)}\":1}}",
        "message=Hello", "message=Hello&conversationId={id}", "theme=dark&language=zh", "theme=%00&language=..%2F",
        "[[[[=1&=&&", "%=%zz",
        "generationId={id}", "generationId={id}&callId={id}&decision=allow", "confirm=all", "what=move", "what=delete&id={id}",
        "what=save&title=T&text=%0d%0a", "what=save&id={id}&title=%00&text=", "conversationId={id}&days=7&files=true",
        "--x\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nHello\r\n--x--\r\n",
        "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../../a\r\nX-Injected: 1\"\r\n\r\n\0\r\n--x--\r\n",
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nTea\r\n--x--\r\n",
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7\0\r\n--x--\r\n",
        "5\r\nHello\r\n0\r\n\r\n", "zz\r\n", "0\r\nX-Injected: 1\r\n\r\n", "ffffffffffffffff\r\n",
    ];

    public static readonly string[] Types =
        ["application/json", "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
        "text/plain", "*/*"];
}
