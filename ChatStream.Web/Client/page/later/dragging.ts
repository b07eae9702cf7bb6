import { rowOf } from "./given";
import type { Library } from "./library";

const type = "application/x-chatstream-conversations";

/** Lets the mouse drag conversations onto a folder, the archive, the pinned ones, or back among the days. */
export function mindDragging(library: Library, scroller: HTMLElement): void {
  let target: HTMLElement | undefined;
  const aim = (next: HTMLElement | undefined) => {
    target?.classList.remove("drop");
    target = next;
    target?.classList.add("drop");
  };
  const placeOf = (event: DragEvent) =>
    event.dataTransfer?.types.includes(type)
      ? ((event.target as Element).closest?.<HTMLElement>(".folder, #conversations") ?? undefined)
      : undefined;

  scroller.addEventListener("dragstart", (event) => {
    const item = (event.target as Element).closest?.<HTMLElement>("li[data-conversation-id]");
    if (!item || !event.dataTransfer) return;
    const { id } = rowOf(item);
    const picked = [...scroller.querySelectorAll<HTMLInputElement>(".pick:checked")].map((box) => rowOf(box.closest("li")!).id);
    event.dataTransfer.setData(type, JSON.stringify(picked.includes(id) ? picked : [id]));
    event.dataTransfer.effectAllowed = "copyMove";
    document.body.dataset["dragging"] = "true";
  });
  scroller.addEventListener("dragover", (event) => {
    const place = placeOf(event);
    aim(place);
    if (!place) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = "move";
  });
  scroller.addEventListener(
    "dragleave",
    ({ relatedTarget }) => scroller.contains(relatedTarget as Node | null) || aim(undefined),
  );
  scroller.addEventListener("drop", (event) => {
    const place = placeOf(event);
    aim(undefined);
    if (!place) return;
    event.preventDefault();
    delete document.body.dataset["dragging"];
    const ids = JSON.parse(event.dataTransfer!.getData(type)) as string[];
    const folder = place.dataset["folder"] ?? null;
    const rows = library.items.map(rowOf).filter((row) => ids.includes(row.id) && (row.folderId || null) !== folder);
    if (rows.length) void library.move([...new Set(rows.map(({ id }) => id))], folder);
  });
  addEventListener("dragend", () => {
    aim(undefined);
    delete document.body.dataset["dragging"];
  });
}
