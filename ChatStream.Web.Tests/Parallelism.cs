using NUnit.Framework;

// Fixtures run side by side; the tests of one fixture run one after the other, because they share its app and its model.
// A fixture that needs the whole process or the whole machine is marked [NonParallelizable], with the reason beside it.
[assembly: Parallelizable(ParallelScope.Fixtures)]

// Three at a time: many tests wait for time to pass or for a browser. Four took 17 minutes where three took 18.7 on two quiet
// processors, and on busy ones an instance stands still for longer than a lease.
[assembly: LevelOfParallelism(3)]
