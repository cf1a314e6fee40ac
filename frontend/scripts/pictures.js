// Photos of cases and sightings: public ones by their address, others fetched with a token.

import { address, askForPhoto } from "./api.js";
import { element } from "./elements.js";

/**
 * @param {string} path of the API @param {string} alt @param {string | null} [token]
 * @param {Record<string, any>} [attributes]
 */
export function picture(path, alt, token = null, attributes = {}) {
  const image = element("img", { alt, loading: "lazy", ...attributes });
  if (!token) {
    image.src = address(path);
    return image;
  }
  askForPhoto(path, token).then((source) => {
    image.addEventListener("load", () => URL.revokeObjectURL(source), { once: true });
    image.src = source;
  }, () => image.classList.add("absent"));
  return image;
}

/** A photo on this device. @param {Blob} photo @param {string} alt */
export function localPicture(photo, alt) {
  const source = URL.createObjectURL(photo);
  const image = element("img", { alt, src: source });
  image.addEventListener("load", () => URL.revokeObjectURL(source), { once: true });
  // HEIC and TIFF, in most browsers.
  image.addEventListener("error", () => image.classList.add("absent"), { once: true });
  return image;
}
