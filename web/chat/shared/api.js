/** Calls the shop's API; a refusal becomes a Problem, no answer at all an Unreachable. */

export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.detail || body.title || String(status));
    this.status = status;
    this.code = String(body.type || "").split(":").pop();
    this.retryAfter = retryAfter;
  }
}

export class Unreachable extends Error {}

/** A random key that a retry repeats. `crypto.randomUUID` is missing where a page is served without TLS. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** `body` is sent as JSON, `file` as it is. */
export async function call(method, path, { token, body, file, key, signal } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (key) headers["Idempotency-Key"] = key;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (file) headers["Content-Type"] = file.type || "application/octet-stream";
  const answer = await reach(path, { method, headers, signal, body: file ?? (body && JSON.stringify(body)) });
  if (!answer.ok) throw await problemOf(answer);
  return answer.status === 204 ? null : parsed(answer);
}

async function reach(path, options) {
  try {
    return await fetch(path, { ...options, cache: "no-store" });
  } catch (error) {
    throw new Unreachable(error.message);
  }
}

/** A body that breaks off half-way is no answer. */
async function parsed(answer) {
  try {
    return await answer.json();
  } catch (error) {
    throw new Unreachable(error.message);
  }
}

export async function problemOf(answer) {
  const body = await answer.json().catch(() => ({}));
  return new Problem(answer.status, body ?? {}, Number(answer.headers.get("Retry-After")) || null);
}
