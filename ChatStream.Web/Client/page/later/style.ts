import { clone } from "./given";

/** Loads the style of what is made late, once; settles when it is there, or cannot come. */
export function styled(name: string): Promise<void> {
  if (document.querySelector(`link[href*='dist/${name}']`)) return Promise.resolve();
  const link = clone(`${name}-style`, "link");
  return new Promise((resolve) => {
    for (const end of ["load", "error"]) link.addEventListener(end, () => resolve());
    document.head.append(link);
  });
}
