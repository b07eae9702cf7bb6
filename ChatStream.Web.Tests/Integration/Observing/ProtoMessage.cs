using System.Buffers.Binary;
using System.Text;

namespace ChatStream.Web.Tests.Integration.Observing;

/// <summary>A message of Protocol Buffers, read by the numbers of its fields.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, ulong Value, byte[] Bytes)> _fields = [];

    public ProtoMessage(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var key = Varint(ref bytes);
            var number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    _fields.Add((number, Varint(ref bytes), []));
                    break;
                case 1:
                    _fields.Add((number, BinaryPrimitives.ReadUInt64LittleEndian(bytes), []));
                    bytes = bytes[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref bytes);
                    _fields.Add((number, 0, bytes[..length].ToArray()));
                    bytes = bytes[length..];
                    break;
                case 5:
                    _fields.Add((number, BinaryPrimitives.ReadUInt32LittleEndian(bytes), []));
                    bytes = bytes[4..];
                    break;
                default:
                    throw new FormatException("No such type.");
            }
        }
    }

    public IEnumerable<ProtoMessage> All(int number) =>
        _fields.Where(field => field.Number == number).Select(field => new ProtoMessage(field.Bytes));

    public ProtoMessage? One(int number) => All(number).SingleOrDefault();

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number));

    public string Hex(int number) => Convert.ToHexStringLower(Bytes(number));

    public ulong Number(int number) => _fields.FirstOrDefault(field => field.Number == number).Value;

    public bool Has(int number) => _fields.Any(field => field.Number == number);

    private byte[] Bytes(int number) => _fields.FirstOrDefault(field => field.Number == number).Bytes ?? [];

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var i = 0; ; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return value;
            }
        }
    }
}
