/** Languages as people write them, by what stands behind a fence. Others begin with a capital letter. */
const names = new Map(
  (
    "JavaScript:js javascript mjs cjs node|TypeScript:ts typescript mts|Python:py python3|C#:cs csharp c#|F#:fs fsharp|C++:cpp " +
    "c++ cc hpp|Objective-C:objc objectivec|VB.NET:vb vbnet|Shell:sh shell console|PowerShell:ps1 pwsh powershell|Ruby:rb|" +
    "Rust:rs|Go:golang|Kotlin:kt|Markdown:md|YAML:yml|GraphQL:graphql gql|LaTeX:tex latex|MATLAB:matlab|PostgreSQL:pgsql " +
    "postgresql|Text:txt plaintext"
  )
    .split("|")
    .flatMap((entry) => {
      const [name, ids] = entry.split(":") as [string, string];
      return ids.split(" ").map((id) => [id, name] as const);
    }),
);

const inCapitals = /^(?:html|css|s[ac]ss|json[5c]?|xml|yaml|toml|ini|csv|sql|php|jsx|tsx|svg|http|wasm|hcl)$/;

/** The name of a language, such as "TypeScript" for `ts`; as it was written if it is not a word. */
export function languageName(written: string): string {
  const id = written.toLowerCase();
  if (inCapitals.test(id)) return id.toUpperCase();
  return names.get(id) ?? (/^[a-z]+$/.test(written) ? written[0]!.toUpperCase() + written.slice(1) : written);
}
