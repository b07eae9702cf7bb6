using ChatStream.Fuzz;
using SharpFuzz;

// usage: ChatStream.Fuzz instrument ASSEMBLY   rewrites the readers in it, so that each branch leaves a trace
//        ChatStream.Fuzz afl                   reads what afl-fuzz gives, from an instrumented assembly
//        ChatStream.Fuzz once FILES            reads files, such as those that made afl-fuzz report a crash
switch (args)
{
    case ["instrument", var assembly]:
        var types = Fuzzer.Instrument(
            assembly, type => type.StartsWith("ChatStream.Web.Providers.Wire.", StringComparison.Ordinal), Options.Value);
        Console.WriteLine($"{types.Count()} types");
        return 0;
    case ["afl"]:
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            FuzzedInput.Read(input.ToArray());
        });
        return 0;
    case ["once", .. var files]:
        foreach (var file in files)
            FuzzedInput.Read(File.ReadAllBytes(file));
        return 0;
    default:
        throw new ArgumentException("The first argument is instrument, afl or once.");
}
