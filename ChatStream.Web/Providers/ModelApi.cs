namespace ChatStream.Web.Providers;

/// <summary>The interface by which a deployment is asked.</summary>
public enum ModelApi
{
    /// <summary><c>/chat/completions</c>. Nearly every server has it.</summary>
    Chat,

    /// <summary><c>/responses</c>. It streams summaries of the reasoning, and some models have no other.</summary>
    Responses,
}
