/** Builds elements. Text enters a page through `textContent` alone, here and everywhere. */

/** An element with properties, classes, attributes and children; `null` children are left out. */
export function el(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  const { text, className, attrs = {}, on = {} } = options;
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(attrs)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  }
  for (const [event, listener] of Object.entries(on)) node.addEventListener(event, listener);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function button(text, onClick, className = "button") {
  return el("button", { text, className, attrs: { type: "button" }, on: { click: onClick } });
}

const LINK = /https?:\/\/[^\s<>"'“”‘’()]+[^\s<>"'“”‘’().,;:!?。，；：！？]/g;

/** The text as nodes, with web addresses as links that tell the other side nothing about this page. */
export function linked(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    nodes.push(document.createTextNode(text.slice(at, match.index)), link(match[0], match[0]));
    at = match.index + match[0].length;
  }
  nodes.push(document.createTextNode(text.slice(at)));
  return nodes;
}

/** A link to a web address; plain text for every other kind of address. */
export function link(address, text) {
  if (!/^https?:\/\//i.test(address)) return el("span", { text });
  return el("a", { text, attrs: { href: address, target: "_blank", rel: "noopener noreferrer" } });
}
