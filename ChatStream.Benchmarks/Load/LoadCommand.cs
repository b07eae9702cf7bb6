namespace ChatStream.Benchmarks.Load;

/// <summary>Runs <c>load</c>: publishes the app, runs the scenarios, and writes tables, figures and plot.</summary>
internal static class LoadCommand
{
    /// <returns>The exit code: 1 if a target failed. A missed budget is only reported.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            var options = LoadOptions.Parse(arguments);
            if (!OperatingSystem.IsLinux())
                throw new LoadException("The load needs Linux: it uses epoll, /proc and taskset.");
            Processors.Require(options.Processors);
            var app = options.App ?? await Repository.PublishAsync();
            var results = new Results
            {
                Machine = Machine.This(),
                TargetProcessors = options.Processors,
                Obfuscation = options.Obfuscation,
            };
            Processors.TakeOwn(options.Processors);
            await using (var bench = await Bench.StartAsync(options.Obfuscation))
                await new LoadRun(options, bench, app, results).RunAsync();
            await Report.WriteAsync(results, options.Out);
            return 0;
        }
        catch (LoadException fault)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }
    }
}
