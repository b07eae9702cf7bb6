using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Owning;

/// <summary>The request is about an answer that another instance runs. It is forwarded there.</summary>
internal sealed class RunsElsewhereException(InstanceRow instance)
    : Exception("Another instance runs this answer.")
{
    public InstanceRow Instance { get; } = instance;
}
