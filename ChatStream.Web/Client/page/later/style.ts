import { clone } from "./given";

/** Loads the style of what is made late, once; settles when it is there, or cannot come. */
export function styled(name: string): Promise<void> {
  const there = document.querySelector<HTMLLinkElement>(`link[href*='dist/${name}']`);
  if (there?.sheet) return Promise.resolve();
  const link = there ?? clone(`${name}-style`, "link");
  return new Promise((resolve) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      link.remove(); // it may come the next time
      resolve();
    });
    if (!there) document.head.append(link);
  });
}
