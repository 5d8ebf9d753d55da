/** Pictures that only a token opens. */

import { problemOf } from "./api.js";

/** The picture as a `data:` address: a page may load nothing else, and an image cannot carry a token itself. */
export async function pictureAt(path, token) {
  const answer = await fetch(path, { headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
  if (!answer.ok) throw await problemOf(answer);
  const blob = await answer.blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}
