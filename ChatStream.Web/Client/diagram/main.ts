import mermaid from "mermaid";
import type { Asked, Said } from "./messages";

/**
 * Draws diagrams for the page around it, in a frame that has no origin: nothing in a diagram can read the page, ask for
 * anything, or lead anywhere. The page takes the drawing as an image, in which nothing runs.
 */
const longest = 10_000;
const mostEdges = 300;

/** A drawing may be so large, in CSS pixels. */
const largest = 20_000;

/** What a diagram may not set for itself. */
const secure = [
  "secure",
  "securityLevel",
  "startOnLoad",
  "maxTextSize",
  "maxEdges",
  "suppressErrorRendering",
  "htmlLabels",
  "flowchart",
  "class",
  "state",
  "themeCSS",
  "fontFamily",
  "altFontFamily",
  "dompurifyConfig",
];

const say = (said: Said) => parent.postMessage(said, "*");

async function draw({ code, dark, font }: Asked): Promise<Said> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    class: { htmlLabels: false },
    suppressErrorRendering: true,
    deterministicIds: true,
    maxTextSize: longest,
    maxEdges: mostEdges,
    theme: dark ? "dark" : "neutral",
    fontFamily: font,
    secure,
  });
  try {
    const { svg } = await mermaid.render("drawing", code);
    return whole(svg);
  } catch (fault) {
    // The lines that follow are for authors of parsers.
    const [first = ""] = String(fault instanceof Error ? fault.message : fault).split("\n");
    return { fault: first.slice(0, 200).replace(/:\s*$/, ".") };
  } finally {
    document.body.replaceChildren();
  }
}

/** The drawing as a file of its own: well-formed, and with a size. */
function whole(markup: string): Said {
  const place = document.createElement("div");
  place.innerHTML = markup;
  const svg = place.querySelector("svg");
  const [, , width = 0, height = 0] = (svg?.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  if (!svg || !(width > 0 && height > 0 && width <= largest && height <= largest)) return { fault: "" };
  svg.setAttribute("width", String(Math.ceil(width)));
  svg.setAttribute("height", String(Math.ceil(height)));
  return { svg: new XMLSerializer().serializeToString(svg), width: Math.ceil(width), height: Math.ceil(height) };
}

addEventListener("message", ({ data, source }: MessageEvent<Asked>) => {
  if (source === parent && parent !== window) void draw(data).then(say);
});
say("ready");
