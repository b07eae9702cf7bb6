namespace ChatStream.Web.Answers.Running;

/// <summary>A fault as it may be logged: what it is and where it was thrown. Its own message may quote a prompt.</summary>
internal sealed class FaultWithoutMessage(Exception fault) : Exception(fault.GetType().ToString())
{
    public override string? StackTrace => fault.StackTrace;
}
