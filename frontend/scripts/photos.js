// A photo made ready for sending: turned upright, at most 2048 pixels long, and without metadata
// (the place it was taken at above all), because a canvas keeps pixels only.

const LONG_SIDE = 2048;
export const ACCEPTED = "image/jpeg,image/png,image/webp,image/heic,image/heif,image/tiff,.heic,.heif,.tif,.tiff";

/**
 * @param {Blob} file
 * @returns {Promise<Blob>} a JPEG, or the file itself where the browser cannot decode it
 * (HEIC and TIFF in most): the API decodes it, and drops its metadata too.
 */
export async function prepared(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return file;
  const scale = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const context = canvas.getContext("2d");
  // What is transparent would turn black.
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", 0.92);
  });
}

/** Adds a photo to a form; its name on the device is nobody's business.
 * @param {FormData} form @param {string} name @param {Blob} photo */
export function attach(form, name, photo) {
  form.append(name, photo, photo.type === "image/jpeg" ? "photo.jpg" : "photo");
}
