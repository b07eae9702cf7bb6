using System.Text;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation.Clients;

/// <summary>
/// What the emulator sends has the types that the packages openai and @azure/openai declare, member by member. The second has
/// nothing but types: those that Azure adds to the first. The compiler of TypeScript compares.
/// </summary>
[CancelAfter(120_000)]
internal sealed class OfficialTypesTests : EmulatorTest
{
    private const string Chat = "openai/v1/chat/completions";
    private const string Responses = "openai/v1/responses";

    // The late annotation of the filter is left out: it is a choice without a delta, which no type knows.
    private static IEnumerable<AskedAnswer> Typed => AskedAnswer.All.Where(asked => !asked.Name.Contains("late"));

    [Test]
    public async Task Each_chunk_and_each_event_is_of_its_type()
    {
        var program = new StringBuilder(await File.ReadAllTextAsync(
            Path.Combine(Repository.Tests, "Emulation", "Clients", "scripts", "types.ts"), Token));
        foreach (var asked in Typed)
        {
            await AddAsync("ChatCompletion", asked, Chat, isStreamed: false);
            await AddAsync("ChatCompletionChunk", asked, Chat, isStreamed: true);
            await AddAsync("WholeResponse", asked, Responses, isStreamed: false);
            await AddAsync("ResponseEvent", asked, Responses, isStreamed: true);
        }
        // Packages are found from there.
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Tests, "obj", "official-types"));
        var file = Path.Combine(folder.FullName, "answers.mts");
        await File.WriteAllTextAsync(file, program.ToString(), Token);

        var compiler = Path.Combine(Repository.Root, "ChatStream.Web", "node_modules", "typescript", "bin", "tsc");
        var (output, exitCode) = RealProcess.Run(
            RealParts.NodeWithPackages, compiler, "--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext",
            "--target", "es2022", "--types", "", file);

        Assert.That(exitCode, Is.Zero, output);

        async Task AddAsync(string type, AskedAnswer asked, string path, bool isStreamed)
        {
            Emulator.Enqueue(asked.Script);
            var body = await BodyAsync(path, isStreamed);
            var values = !isStreamed ? [body] : body.Split('\n')
                .Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => line["data: ".Length..])
                // Azure's first chunk has no object, as its documentation shows. The types demand one.
                .Where(chunk => !chunk.Contains("\"object\":\"\"", StringComparison.Ordinal));
            foreach (var value in values)
                program.Append("check<").Append(type).Append(">(").Append(value).Append(");\n");
        }
    }

    private async Task<string> BodyAsync(string path, bool isStreamed)
    {
        object request = path == Chat
            ? new
            {
                model = "gpt-5",
                messages = new[] { new { role = "user", content = "Hello" } },
                stream = isStreamed,
                stream_options = isStreamed ? new { include_usage = true } : null,
            }
            : new { model = "gpt-5", input = "Hello", stream = isStreamed };
        using var response = await PostAsync(request, path);
        return await response.Content.ReadAsStringAsync(Token);
    }
}
