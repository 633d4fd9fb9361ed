// Elements from words: never from markup, so that nothing an answer holds can run.

export const make = (tag, props = {}, ...children) => {
  const { data, ...rest } = props;
  const node = Object.assign(document.createElement(tag), rest);
  Object.assign(node.dataset, data);
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
};

export const button = (text, act, kind = "") => {
  const node = make("button", { type: "button", textContent: text, className: kind });
  node.onclick = async () => {
    node.disabled = true;
    try { await act(); } finally { node.disabled = false; }
  };
  return node;
};

// Fields in a row with their button, which Enter presses too.
export const line = (...parts) => {
  const form = make("form", { className: "line" }, ...parts);
  form.onsubmit = event => { event.preventDefault(); form.querySelector("button").click(); };
  return form;
};

export const copier = (read, text = "复制") => {
  const node = button(text, async () => {
    try {
      await navigator.clipboard.writeText(read());
      node.textContent = "已复制";
    } catch { node.textContent = "请手动复制"; }
    setTimeout(() => { node.textContent = text; }, 2000);
  }, "quiet");
  return node;
};

// What scrolls must be reached by keyboard, and say what it is.
export const code = (text, label) => make("pre", { textContent: text, tabIndex: 0, role: "region", ariaLabel: label });
export const pretty = value => JSON.stringify(value, null, 2);
