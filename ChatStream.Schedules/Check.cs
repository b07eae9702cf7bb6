namespace ChatStream.Schedules;

internal static class Check
{
    public static void That(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException(otherwise);
    }
}
