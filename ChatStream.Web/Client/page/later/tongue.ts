/** Writings that one language mostly uses. The first one found in a text decides. */
const writings: readonly (readonly [language: string, letters: RegExp])[] = [
  ["ja", /[\u3040-\u30ff]/g],
  ["ko", /[\uac00-\ud7af]/g],
  ["zh", /[\u4e00-\u9fff]/g],
  ["th", /[\u0e00-\u0e7f]/g],
  ["hi", /[\u0900-\u097f]/g],
  ["he", /[\u0590-\u05ff]/g],
  ["ar", /[\u0600-\u06ff]/g],
  ["el", /[\u0370-\u03ff]/g],
  ["uk", /[іїєґ]/gi],
  ["ru", /[\u0400-\u04ff]/g],
];

/** The most frequent short words of languages that share the Latin letters. */
const words: Readonly<Record<string, string>> = {
  en: "the and of to in is that for with you are this it not be",
  de: "der die das und ist nicht ein eine zu mit von für auf den sich",
  fr: "le la les et est des une dans pour que qui pas avec sur vous",
  es: "el la los las que es una para con por del se como más en",
  it: "il di che è la per una con non sono del della gli come più",
  pt: "o que é uma para com não do da os em mais como são um",
  nl: "de het een en van is dat op te voor met niet zijn die aan",
  pl: "i w na z że się nie do jest to jak dla po od są",
  sv: "och att det som en är på för med av inte den ett har till",
};

const longest = 4_000;

/** The language that a text is written in, by its letters and its short words; undefined: the text does not tell. */
export function languageOf(text: string): string | undefined {
  const part = text.slice(0, longest).toLowerCase();
  const letters = part.match(/\p{L}/gu)?.length ?? 0;
  for (const [language, its] of writings)
    if ((part.match(its)?.length ?? 0) > letters * (language === "uk" ? 0.02 : 0.2)) return language;
  const said = new Map<string, number>();
  for (const word of part.match(/\p{L}+/gu) ?? []) said.set(word, (said.get(word) ?? 0) + 1);
  const counts = Object.entries(words).map(
    ([language, its]) => [language, its.split(" ").reduce((sum, word) => sum + (said.get(word) ?? 0), 0)] as const,
  );
  const [best, next] = counts.sort(([, one], [, other]) => other - one);
  return best![1] > 1 && best![1] > next![1] ? best![0] : undefined;
}
