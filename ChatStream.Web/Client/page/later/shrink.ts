/** Pixels of the longer side beyond which no model looks. */
const longest = 2_048;

const kept = ["image/png", "image/jpeg", "image/webp"];

export interface Shrunk {
  sent: File;
  /** The browser has tried to read it as an image, and could not. */
  isUnreadable?: boolean;
}

/**
 * The image as it is sent: no larger than a model sees it, and written anew, so that nothing is in it that a camera has put
 * there. What the browser cannot read is sent as it is: the server says what it is, or what is wrong with it.
 */
export async function shrink(file: File): Promise<Shrunk> {
  if (!/^image\/(png|jpeg|webp|gif|bmp|avif)$/.test(file.type)) return { sent: file };
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const type = kept.includes(file.type) ? file.type : "image/png";
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, 0.9));
    const isWorse = !blob || (scale === 1 && kept.includes(file.type) && blob.size > file.size);
    return { sent: isWorse ? file : new File([blob], file.name, { type: blob.type }) };
  } catch (fault) {
    return { sent: file, isUnreadable: (fault as Error).name === "InvalidStateError" };
  }
}
