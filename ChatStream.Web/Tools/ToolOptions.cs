using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Tools;

/// <summary>Whether a call asks the user first.</summary>
internal enum ConsentRule
{
    /// <summary>Each call asks.</summary>
    Always,

    /// <summary>A call asks unless the tool says that it only reads.</summary>
    UnlessReadOnly,

    /// <summary>No call asks.</summary>
    Never,
}

/// <summary>Section <c>Tools</c>: what models may call, and how much.</summary>
internal sealed class ToolOptions
{
    public const string Section = "Tools";

    /// <summary>The current time. A tool of our own.</summary>
    public OwnToolOptions Clock { get; init; } = new();

    /// <summary>The value of an expression. A tool of our own.</summary>
    public OwnToolOptions Calculator { get; init; } = new();

    /// <summary>Servers of the Model Context Protocol, by a name that the names of their tools begin with.</summary>
    public Dictionary<string, McpServerOptions> McpServers { get; init; } = [];

    /// <summary>How often the model may ask for calls in one answer. Then it has to answer without.</summary>
    [Range(1, 50)]
    public int Rounds { get; init; } = 8;

    /// <summary>How long one call may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CallFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes of a result in UTF-8. What is longer is cut.</summary>
    [Range(1_024, 1_048_576)]
    public int ResultBytes { get; init; } = 32 * 1024;

    /// <summary>Calls of one answer that are made at once. The others wait.</summary>
    [Range(1, 32)]
    public int Parallel { get; init; } = 4;

    /// <summary>Calls of one user in a day of UTC.</summary>
    [Range(1, 1_000_000)]
    public int CallsPerDay { get; init; } = 500;

    /// <summary>How long a question stays open. Then the call is denied.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan AskFor { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>A tool of our own.</summary>
internal sealed class OwnToolOptions
{
    public bool Enabled { get; init; }

    /// <summary>The names of the models that get it. Empty: all that take tools.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>The groups that may use it. Empty: everybody may.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Whether a call asks first. Both tools only read.</summary>
    [EnumDataType(typeof(ConsentRule))]
    public ConsentRule Consent { get; init; } = ConsentRule.UnlessReadOnly;
}

/// <summary>A server of the Model Context Protocol: a program that is started, or an address.</summary>
internal sealed class McpServerOptions
{
    /// <summary>The program. It is started with the app, and speaks over its standard input and output.</summary>
    public string Command { get; init; } = "";

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>
    /// Variables of the program's environment. Of the app's own it gets only those that a program needs to run, such as
    /// <c>PATH</c>: the others may be secrets.
    /// </summary>
    public Dictionary<string, string> Environment { get; init; } = [];

    /// <summary>The address of a server that speaks streamable HTTP.</summary>
    public string Url { get; init; } = "";

    /// <summary>Sent to the address as a bearer token. Empty: none.</summary>
    public string Bearer { get; init; } = "";

    /// <summary>Each user's own permission, in the place of one token for all.</summary>
    public OAuthOptions OAuth { get; init; } = new();

    /// <summary>The names of the models that get its tools. Empty: all that take tools.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>The groups that may use its tools. Empty: everybody may.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Whether calls ask first.</summary>
    [EnumDataType(typeof(ConsentRule))]
    public ConsentRule Consent { get; init; } = ConsentRule.UnlessReadOnly;

    /// <summary>Its tools by the server's own names, where they differ from the server.</summary>
    public Dictionary<string, McpToolOptions> Tools { get; init; } = [];
}

/// <summary>A tool of a server. What is not set is as the server has it.</summary>
internal sealed class McpToolOptions
{
    /// <summary>False: no model gets it.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Null: as the server's tools.</summary>
    public ConsentRule? Consent { get; init; }

    /// <summary>Whether a call whose connection broke may be made again. Null: what the tool says of itself.</summary>
    public bool? Idempotent { get; init; }

    /// <summary>Null: as the server's tools.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Null: as the server's tools.</summary>
    public IReadOnlyList<string>? Groups { get; init; }
}
