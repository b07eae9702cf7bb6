using NUnit.Framework;

// Fixtures run side by side; the tests of one fixture run one after the other, because they share its app and its model.
// A fixture that needs the whole process or the whole machine is marked [NonParallelizable], with the reason beside it.
[assembly: Parallelizable(ParallelScope.Fixtures)]

// Four at a time on two processors: many tests wait for time to pass, for a process or for a browser.
[assembly: LevelOfParallelism(4)]
