using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ChatStream.Benchmarks.Load;

/// <summary>Linux's epoll, level-triggered. .NET's own asynchronous sockets would cost the load more than the target.</summary>
internal sealed unsafe partial class Epoll : IDisposable
{
    public const uint In = 0x001;
    public const uint Out = 0x004;
    public const uint ReadHangUp = 0x2000;

    private const int Add = 1;
    private const int Remove = 2;
    private const int Modify = 3;

    // The kernel packs the struct on x86-64 only.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Size = DataOffset + 8;

    private readonly int _epoll = Checked(EpollCreate(0));
    private readonly byte[] _events;

    public Epoll(int mostAtOnce) => _events = GC.AllocateArray<byte>(mostAtOnce * Size, pinned: true);

    public void Watch(int descriptor, uint events) => Control(Add, descriptor, events);

    public void Change(int descriptor, uint events) => Control(Modify, descriptor, events);

    public void Forget(int descriptor) => Control(Remove, descriptor, 0);

    /// <returns>The number of ready sockets; see <see cref="Ready"/>.</returns>
    public int Wait(int milliseconds)
    {
        fixed (byte* events = _events)
        {
            var count = EpollWait(_epoll, events, _events.Length / Size, milliseconds);
            return count < 0 ? 0 : count; // a signal interrupts the wait
        }
    }

    public (int Descriptor, uint Events) Ready(int index)
    {
        ref var entry = ref _events[index * Size];
        return (Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref entry, DataOffset)), Unsafe.ReadUnaligned<uint>(ref entry));
    }

    public void Dispose() => _ = Close(_epoll);

    private void Control(int operation, int descriptor, uint events)
    {
        var entry = stackalloc byte[16];
        Unsafe.WriteUnaligned(entry, events);
        Unsafe.WriteUnaligned(entry + DataOffset, (long)descriptor);
        Checked(EpollControl(_epoll, operation, descriptor, entry));
    }

    private static int Checked(int result) =>
        result >= 0 ? result : throw new InvalidOperationException($"epoll: error {Marshal.GetLastPInvokeError()}");

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    private static partial int EpollWait(int epoll, byte* events, int count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
