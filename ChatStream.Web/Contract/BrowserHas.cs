namespace ChatStream.Web.Contract;

/// <summary>How many conversations, prompts and folders a browser has. Temporary conversations do not count.</summary>
public sealed record BrowserHas(int Conversations, int Prompts, int Folders)
{
    public static readonly BrowserHas Nothing = new(0, 0, 0);

    public bool IsNothing => this == Nothing;
}
