/** Which conversation this browser is in. Kept over reloads and shared by its tabs. */

import { call } from "./shared/api.js";

const KEPT_AS = "dragoman.conversation";

export function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT_AS));
    return found?.id && found?.token ? found : null;
  } catch {
    return null;
  }
}

export async function open({ market, language, customerToken }) {
  const body = { channel: "chat" };
  if (market) body.market = market;
  if (language) body.language = language;
  if (customerToken) body.customer_token = customerToken;
  const opened = await call("POST", "/v1/conversations", { body });
  const session = { id: opened.conversation_id, token: opened.conversation_token };
  keep(session);
  return session;
}

export function forget() {
  keep(null);
}

/** Called when another tab opens or forgets a conversation. */
export function onChangeElsewhere(changed) {
  addEventListener("storage", (event) => {
    if (event.key === KEPT_AS || event.key === null) changed();
  });
}

/** Storage may be forbidden; the conversation then lives as long as its page. */
function keep(session) {
  try {
    if (session) localStorage.setItem(KEPT_AS, JSON.stringify(session));
    else localStorage.removeItem(KEPT_AS);
  } catch {
    return;
  }
}

/** The shop's word for who is signed in, handed over as `/#customer_token=…` and taken out of the address. */
export function customerTokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get("customer_token");
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token;
}
