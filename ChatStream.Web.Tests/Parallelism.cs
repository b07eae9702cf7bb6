using NUnit.Framework;

// Fixtures run side by side; the tests of one fixture run one after the other, because they share its app and its model.
// A fixture that needs the whole process or the whole machine is marked [NonParallelizable], with the reason beside it.
[assembly: Parallelizable(ParallelScope.Fixtures)]

// Four fixtures at a time keep two processors busy: most of them wait for sockets, child processes or the browser.
[assembly: LevelOfParallelism(4)]
