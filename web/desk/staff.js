/** Who sits at the desk: a signed token from the address or the form, kept for this tab alone. */

const KEPT_AS = "dragoman.staff-token";

const hash = () => new URLSearchParams(location.hash.slice(1));

/** The token from `/desk#token=…`, which is then taken out of the address bar, or the kept one. */
export function token() {
  const given = hash().get("token");
  if (given) {
    history.replaceState(null, "", location.pathname + location.search);
    keep(given);
  }
  return given ?? sessionStorage.getItem(KEPT_AS);
}

/** The conversation that an alert led to: `/desk#conversation=…`. */
export function ledTo() {
  const id = hash().get("conversation");
  return /^cnv_[0-9a-v]{24}$/.test(id ?? "") ? id : null;
}

export function keep(value) {
  sessionStorage.setItem(KEPT_AS, value);
}

export function forget() {
  sessionStorage.removeItem(KEPT_AS);
}

/** What the token says of its holder, for showing only: the server checks it at every call. */
export function claims(value) {
  try {
    const part = value.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(part), (character) => character.charCodeAt(0));
    const { sub, name, role } = JSON.parse(new TextDecoder().decode(bytes));
    return { id: sub, name, role };
  } catch {
    return { id: null, name: "", role: "" };
  }
}
