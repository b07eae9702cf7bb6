const space = "http://www.w3.org/2000/svg";

const paths = {
  share:
    "M10 12.5V3.2M6.5 6.5L10 3l3.500 3.500M5.500 9.500H5a1 1 0 0 0-1 1V16a1 1 0 0 0 1 1h10" +
    "a1 1 0 0 0 1-1v-5.500a1 1 0 0 0-1-1h-.5",
  up:
    "M6.500 9.200l3-5.900a1.700 1.700 0 0 1 1.700 1.900l-.4 2.800h4.100" +
    "a1.500 1.500 0 0 1 1.500 1.800l-1 5.200a1.500 1.500 0 0 1-1.500 1.200H6.500zM3.500 9.200h3" +
    "v7h-3z",
  down:
    "M13.500 10.800l-3 5.900a1.700 1.700 0 0 1-1.700-1.900l.4-2.800H5.100" +
    "a1.500 1.500 0 0 1-1.500-1.800l1-5.200a1.500 1.500 0 0 1 1.500-1.200h7.400zM16.500 10.800" +
    "h-3v-7h3z",
  columns: "M3.500 4.500h5v11h-5zM11.500 4.500h5v11h-5z",
};

/** A button with an icon, as the server's round ones. */
export function iconButton(name: keyof typeof paths, label: string): HTMLButtonElement {
  const [button, icon, path] = [
    document.createElement("button"),
    document.createElementNS(space, "svg"),
    document.createElementNS(space, "path"),
  ];
  button.type = "button";
  button.className = "quiet round";
  button.title = button.ariaLabel = label;
  icon.setAttribute("class", "icon");
  icon.setAttribute("viewBox", "0 0 20 20");
  icon.setAttribute("aria-hidden", "true");
  path.setAttribute("d", paths[name]);
  icon.append(path);
  button.append(icon);
  return button;
}
