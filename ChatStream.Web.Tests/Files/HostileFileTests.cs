using System.Diagnostics;
using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Files;
using ChatStream.Web.Files.Documents;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Files;

/// <summary>Files that want to do harm are refused in words or made harmless, in little time and memory.</summary>
internal sealed class HostileFileTests
{
    private static readonly FilesOptions Limits = new();

    private static readonly ReadingProcess Documents = new(Options.Create(Limits), NullLogger<ReadingProcess>.Instance);

    private static readonly FileReader Reader = new(Documents, Options.Create(Limits));

    private static readonly string[] Safe =
    [
        "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain",
        .. Enum.GetValues<DocumentKind>().Select(DocumentKinds.MediaTypeOf),
    ];

    [Test]
    public async Task Each_is_refused_in_words_or_made_harmless()
    {
        var (files, refused) = (HostileFiles.All.ToList(), 0);
        var (longest, most) = ((Time: TimeSpan.Zero, Name: ""), (Bytes: 0L, Name: ""));
        using (Assert.EnterMultipleScope())
        {
            foreach (var file in files.Where(file => !file.NeedsProcess))
            {
                var (begun, used, before) =
                    (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetAllocatedBytesForCurrentThread());
                var code = Read(file, out var read);
                var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
                // On a busy machine a clock goes on while nothing is read.
                var (passed, worked) = (Stopwatch.GetElapsedTime(begun), Environment.CpuUsage.TotalTime - used);
                var took = passed < worked ? passed : worked;
                longest = took > longest.Time ? (took, file.Name) : longest;
                most = bytes > most.Bytes ? (bytes, file.Name) : most;
                refused += read is null ? 1 : 0;
                if (file.Code != "any")
                    Assert.That(code, Is.EqualTo(file.Code), file.Name);
                if (read is not null)
                    CheckHarmless(file, read);
            }
        }
        var told = await Task.WhenAll(files.Where(file => file.NeedsProcess).Select(RefusalAsync));
        refused += told.Count(code => code is not null);
        Assert.That(told.OfType<string>(), Is.All.StartsWith("document_"));
        TestContext.Out.WriteLine($"{files.Count} files, {refused} refused. Longest: {longest}. Most allocated: {most}.");
        Assert.That(files, Has.Count.GreaterThan(200));
        Assert.That(longest.Time, Is.LessThan(TimeSpan.FromSeconds(2)), longest.Name);
        Assert.That(most.Bytes, Is.LessThan(200_000_000), most.Name);
    }

    [Test]
    public async Task A_document_is_read_in_a_process_that_ends_when_it_takes_too_much()
    {
        using var scope = Assert.EnterMultipleScope();
        var read = await Reader.ReadAsync(Papers.Pdf("Hello", "World"), default);
        Assert.That(read.Text, Is.EqualTo("[Page 1]\nHello\n\n[Page 2]\nWorld"));
        var small = new ReadingProcess(
            Options.Create(new FilesOptions { ReadWithin = TimeSpan.FromMilliseconds(1) }), NullLogger<ReadingProcess>.Instance);
        var fault = Assert.ThrowsAsync<DocumentException>(() => small.ReadAsync(DocumentKind.Pdf, Papers.Pdf("Hello"), default));
        Assert.That(fault!.Fault, Is.EqualTo(DocumentFault.TooComplex));
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        Assert.ThrowsAsync<TaskCanceledException>(() => Documents.ReadAsync(DocumentKind.Pdf, Papers.Pdf("Hello"), gone.Token));
    }

    [Test]
    public async Task A_document_that_needs_more_memory_than_its_process_may_have_is_refused()
    {
        const int characters = 12_000_000;
        var document = Papers.Docx(Papers.Paragraph(new string('a', characters)));
        ReadingProcess With(long memory) => new(
            Options.Create(new FilesOptions
            {
                MostCharacters = 2 * characters,
                ReadWithin = TimeSpan.FromMinutes(1),
                ReadMemory = memory,
            }),
            NullLogger<ReadingProcess>.Instance);

        var read = await With(1L << 30).ReadAsync(DocumentKind.Word, document, default);
        var fault = Assert.ThrowsAsync<DocumentException>(
            () => With(96L * 1024 * 1024).ReadAsync(DocumentKind.Word, document, default));

        Assert.That(read, Has.Length.EqualTo(characters));
        Assert.That(fault!.Fault, Is.EqualTo(DocumentFault.TooComplex));
    }

    /// <summary>Another program is started as the one that reads documents is, and says what it was given.</summary>
    [Test]
    public void The_process_that_reads_a_document_has_no_secret_in_its_environment()
    {
        Environment.SetEnvironmentVariable("AzureOpenAI__ApiKey", "a-secret-of-the-tests");
        var start = Documents.StartOf(DocumentKind.Pdf);
        Environment.SetEnvironmentVariable("AzureOpenAI__ApiKey", null);
        start.FileName = "env";
        start.ArgumentList.Clear();

        var (output, exitCode) = RealProcess.Run(start);

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Contain("PATH=").And.Contain("DOTNET_GCHeapHardLimit="));
        Assert.That(output, Does.Not.Contain("AzureOpenAI").And.Not.Contain("a-secret-of-the-tests"));
    }

    [TestCase("../../etc/passwd", "passwd")]
    [TestCase("C:\\Users\\ada\\photo.png", "photo.png")]
    [TestCase("photo\u202egnp.exe", "photognp.exe")]
    [TestCase("a\r\nContent-Type: x\0.txt", "aContent-Type_ x.txt")]
    [TestCase("a\"b<c>d|e?f*g:h", "a_b_c_d_e_f_g_h")]
    [TestCase("...", "file")]
    [TestCase("  ", "file")]
    [TestCase(null, "file")]
    [TestCase("\ud800x", "x")]
    [TestCase("日本語 🙂.txt", "日本語 🙂.txt")]
    [TestCase("CON", "_CON")]
    [TestCase("nul.txt", "_nul.txt")]
    [TestCase("Com1.tar.gz", "_Com1.tar.gz")]
    [TestCase("LPT\u00b9.csv", "_LPT\u00b9.csv")]
    [TestCase("CONIN$", "_CONIN$")]
    [TestCase("console.txt", "console.txt")]
    [TestCase("\u200d\u200c", "file")]
    [TestCase("\u3164\uffa0", "file")]
    [TestCase("\ufe0f\ufe0f", "file")]
    [TestCase("..%2f..%2fpasswd", "%2f..%2fpasswd")]
    [TestCase("a\u2028b\u2029c", "abc")]
    [TestCase("x.png\0.exe", "x.png.exe")]
    [TestCase("....//....//etc/shadow", "shadow")]
    [TestCase("\u2066\u202dtxt.exe\u2069", "txt.exe")]
    public void A_name_has_no_path_and_nothing_that_is_not_seen(string? sent, string expected) =>
        Assert.That(FileNames.Clean(sent), Is.EqualTo(expected));

    [Test]
    public void A_name_of_marks_alone_is_cut_as_well() =>
        Assert.That(FileNames.Clean("a" + new string('\u0301', 500)), Has.Length.LessThanOrEqualTo(FileNames.Longest));

    // A file system takes 255 bytes.
    [TestCase("a")]
    [TestCase("字")]
    [TestCase("🙂")]
    [TestCase("e\u0301")]
    [TestCase("\u0301")]
    public void A_long_name_keeps_its_ending_and_is_short_enough_for_a_disk(string part)
    {
        var name = FileNames.Clean(string.Concat(Enumerable.Repeat(part, 500)) + ".docx");

        Assert.That(name, Has.Length.LessThanOrEqualTo(FileNames.Longest).And.EndsWith(".docx").And.Contain("…"));
        Assert.That(Encoding.UTF8.GetByteCount(name), Is.LessThanOrEqualTo(255));
        Assert.That(name.EnumerateRunes(), Has.None.EqualTo(Rune.ReplacementChar));
        Assert.That(FileNames.Clean(name), Is.EqualTo(name));
    }

    // The documents are read here: a process each would take a minute.
    private static string? Read(HostileFile file, out ReadFile? read)
    {
        read = null;
        try
        {
            var kind = file.Content.Length is 0 or > 10_485_760 ? null : DocumentKinds.Of(file.Content);
            read = kind is { } known
                ? new ReadFile(FileKind.Document, DocumentKinds.MediaTypeOf(known), file.Content)
                {
                    Text = DocumentText.Read(known, file.Content, Limits.MostCharacters),
                }
                : Reader.ReadAsync(file.Content, default).GetAwaiter().GetResult();
            return null;
        }
        catch (RefusedException refused)
        {
            return refused.Refusal.Code;
        }
        catch (DocumentException fault)
        {
            return fault.Fault == DocumentFault.TooLong ? "file_text_too_long" : FileRefusals.Of(fault.Fault).Refusal.Code;
        }
    }

    private static async Task<string?> RefusalAsync(HostileFile file)
    {
        try
        {
            await Reader.ReadAsync(file.Content, default);
            return null;
        }
        catch (RefusedException refused)
        {
            return refused.Refusal.Code;
        }
    }

    private static void CheckHarmless(HostileFile file, ReadFile read)
    {
        Assert.That(Safe, Does.Contain(read.MediaType), file.Name);
        if (read.Kind != FileKind.Image)
            return;
        Assert.That(Encoding.Latin1.GetString(read.Content), Does.Not.Contain("script").And.Not.Contain("%PDF"), file.Name);
        var again = Reader.ReadAsync(read.Content, default).GetAwaiter().GetResult();
        Assert.That(again.Content, Is.EqualTo(read.Content), file.Name);
    }
}
