namespace ChatStream.Web.Providers.Demo;

internal static class DemoTexts
{
    private const int QuotedLength = 200;

    public const string Help = """
        Each of these words makes the demo model act out one state:

        | word | what happens |
        |---|---|
        | `/long` | an answer of some two thousand words |
        | `/code` | code in several languages |
        | `/markdown` | a table, formulas, tasks, a quotation, a footnote |
        | `/reason` | reasoning before the answer |
        | `/calculate 6*7` | a call of the calculator, where that is enabled |
        | `/slow` | a long silence, then a word a second |
        | `/empty` | an answer without text |
        | `/length` | the output limit is reached |
        | `/filter` | a content filter stops the answer |
        | `/cut` | the connection to the model breaks in mid-answer |
        | `/fail` | the model cannot be reached; `/fail rate_limited` and so on act out the other failure codes |

        Anything else is answered with a few words about what you said.
        """;

    public const string Code = """
        A stream is read in three steps. First the request, in **TypeScript**:

        ```ts
        const response = await fetch("/chat/stream", {
          method: "POST",
          headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
          body: JSON.stringify({ message: "Hello" }),
        });
        ```

        Then the bytes, piece by piece:

        ```ts
        const reader = response.body!.getReader();
        const decoder = new TextDecoder();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          console.log(decoder.decode(value, { stream: true }));
        }
        ```

        And the same from a program in **C#**:

        ```csharp
        await foreach (var item in SseParser.Create(stream).EnumerateAsync())
            Console.Write(item.Data);
        ```
        """;

    public const string Markdown = """"
        ## How far is the horizon?

        For eyes at a height $h$ above the sea, on a sphere of radius $R \approx 6371\ \text{km}$, it is at the distance

        $$
        d = \sqrt{(R + h)^2 - R^2} \approx \sqrt{2Rh}
        $$

        | from | height | distance |
        |:-----|-------:|---------:|
        | the beach | 1.7 m | 4.7 km |
        | a mast | 20 m | 16 km |
        | a lighthouse | 60 m | 27.7 km |
        | an airliner | 11,000 m | 374 km |

        1. **Refraction** bends the light around the earth: the real horizon is some 8 % further away.[^air]
        2. Two ships see each other over the *sum* of their distances:
           - a mast of 20 m and a lighthouse of 60 m,
           - so ~~27.7 km~~ 43.7 km.

        > The sea is never level; it only looks so to those who have not measured it.

        ```python
        from math import sqrt

        def horizon(height_m: float, radius_km: float = 6371) -> float:
            """Kilometres to the horizon."""
            return sqrt(2 * radius_km * height_m / 1000)

        print(f"{horizon(60):.1f} km")  # 27.7 km
        ```

        - [x] Measure the height of your eyes
        - [ ] Find a beach; a ticket is $5 to $6
        - [ ] Read [more about the horizon](https://en.wikipedia.org/wiki/Horizon)

        [^air]: In air of ordinary density. Over cold water it may be much more, and ships seem to float.
        """";

    public const string Reasoning =
        "The question asks for an answer that was thought about first. I have no thoughts, being a demo, but I can show where "
        + "they would stand: a model that streams its reasoning sends it before the first word of its answer, and the page "
        + "keeps it in a panel of its own. That seems to be all there is to say.";

    public const string Reasoned =
        "This answer came after some reasoning, which you can open above it. Not every deployment streams its reasoning: Azure "
        + "OpenAI's chat completions only tell how many tokens it took.";

    public const string Slow = "Slow answers are read as they come: one word, then the next, and Stop works between any two.";

    public const string CutByLength =
        "This answer has much to tell and a tight limit on how much it may say, so that it will have to end in the middle of a";

    public const string AfterLength = " sentence. Continue, and it goes on from there: nothing repeated, nothing lost.";

    public const string NothingToAdd = " … and that is all there is to it.";

    public const string BeforeFilter = "So far this answer was harmless, and so it was shown. But the next sentence";

    public const string BeforeCut = "The connection is about to break. What has been written until then stays, and the page says";

    public const string AfterCut = " what happened.";

    private const string Introduction =
        "I am the **demo model**: I run inside ChatStream and answer without a key or a network, so that you can see how an "
        + "answer streams. Close the tab, reload it, or open a second one while I write: nothing is lost.";

    public static string Reply(string prompt) => $"""
        You said: “{Quote(prompt)}”

        {Introduction}

        To talk to a real model, set three values and start again:

        ```
        AzureOpenAI__Endpoint=https://my-resource.openai.azure.com/
        AzureOpenAI__Deployment=gpt-5-mini
        AzureOpenAI__ApiKey=…
        ```

        Without the key, ChatStream signs in with Entra ID. Until then:

        1. `/long` gives you time to press Stop,
        2. `/reason` and `/code` show what else an answer can hold,
        3. `/help` lists the rest.
        """;

    /// <summary>Numbered paragraphs: a lost or repeated piece is easy to see.</summary>
    public static string Long { get; } = string.Join("\n\n", Enumerable.Range(1, 60).Select(n =>
        $"**Paragraph {n} of 60.** A long answer is written for those who want to see it stop, go on, or survive a reload. "
        + "Each of its paragraphs says the same with another number, and none is missing: "
        + $"this one is number {n}, and it follows number {n - 1}."));

    private static string Quote(string prompt)
    {
        if (prompt.Length <= QuotedLength)
            return prompt;
        var length = char.IsHighSurrogate(prompt[QuotedLength - 1]) ? QuotedLength - 1 : QuotedLength;
        return $"{prompt[..length]}…";
    }
}
