/** What the page asks of the frame that draws. */
export interface Asked {
  readonly code: string;
  readonly dark: boolean;
  readonly font: string;
}

/** What the frame says: that it is loaded, and then a drawing or what is wrong with the diagram. */
export type Said =
  | "ready"
  | { readonly svg: string; readonly width: number; readonly height: number }
  | { readonly fault: string };
