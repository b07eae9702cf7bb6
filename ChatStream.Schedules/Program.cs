using System.Globalization;
using ChatStream.Schedules;
using Microsoft.Coyote;
using Microsoft.Coyote.SystematicTesting;

// usage: ChatStream.Schedules NAME SCHEDULES SEED. It must have been rewritten by Coyote. The exit code is the number of bugs.
Func<Task> explored = args[0] switch
{
    "log" => LogSchedule.RunAsync,
    "generation" => GenerationSchedule.RunAsync,
    _ => throw new ArgumentException($"'{args[0]}' is neither 'log' nor 'generation'."),
};
var engine = TestingEngine.Create(
    Configuration.Create()
        .WithTelemetryEnabled(false)
        .WithTestingIterations(uint.Parse(args[1], CultureInfo.InvariantCulture))
        .WithRandomGeneratorSeed(uint.Parse(args[2], CultureInfo.InvariantCulture)),
    explored);
engine.Run();
Console.WriteLine(engine.GetReport());
foreach (var bug in engine.TestReport.BugReports)
    Console.WriteLine(bug);
return engine.TestReport.NumOfFoundBugs;
