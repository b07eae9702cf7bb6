using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

internal sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary>The keys of programs. A program sees only the conversations that were started with its name's key.</summary>
    public IReadOnlyList<ApiKey> Keys { get; init; } = [];

    /// <summary>Characters. 16 random ones of base64 have 96 bits, which cannot be guessed.</summary>
    private const int ShortestKey = 16;

    internal sealed class ApiKey
    {
        /// <summary>Names the owner of the conversations: changing the key keeps them, changing the name does not.</summary>
        public string Name { get; init; } = "";

        /// <summary>At least <see cref="ShortestKey"/> characters.</summary>
        public string Key { get; init; } = "";

        /// <summary>What the program may do.</summary>
        public ApiRole Role { get; init; }

        /// <summary>The groups that the program is in, for models and budgets.</summary>
        public IReadOnlyList<string> Groups { get; init; } = [];
    }

    internal enum ApiRole
    {
        /// <summary>What everybody may.</summary>
        User,

        /// <summary>What administrators may, too.</summary>
        Admin,
    }

    internal sealed class Check : IValidateOptions<ApiOptions>
    {
        public ValidateOptionsResult Validate(string? name, ApiOptions options)
        {
            var faults = new List<string>();
            for (var i = 0; i < options.Keys.Count; i++)
            {
                var key = options.Keys[i];
                if (key.Name.Length == 0 || options.Keys.Take(i).Any(other => other.Name == key.Name))
                    faults.Add($"{Section}:Keys:{i}:Name is missing, or names another key already.");
                if (key.Key.Length < ShortestKey || options.Keys.Take(i).Any(other => other.Key == key.Key))
                    faults.Add($"{Section}:Keys:{i}:Key is shorter than {ShortestKey} characters, or another key's already.");
            }
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}
