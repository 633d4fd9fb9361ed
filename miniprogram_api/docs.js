"use strict";
const GUARDS = { resident: "居民", staff: "工作人员", "": "公开" };
const GROUPS = {
  auth: "登录", me: "我的信息", items: "事项", files: "文件", cases: "办件", offices: "网点", appointments: "预约", messages: "消息",
  subscriptions: "订阅", staff: "工作人员", system: "系统",
};
const HINTS = { "Idempotency-Key": "同一个值只生效一次", "If-Match": "上次回答的 ETag，如 \"3\"" };
let description;

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};
const newKey = () => crypto.randomUUID?.() || String(Math.random()).slice(2);

const resolve = (schema, depth = 0) => {
  if (!schema || depth > 8) return {};
  if (schema.$ref) return resolve(description.components.schemas[schema.$ref.split("/").pop()], depth + 1);
  return schema;
};
const example = (schema, depth = 0) => {
  schema = resolve(schema, depth);
  if (depth > 6) return null;
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = schema.anyOf || schema.oneOf;
  if (choice) return example(choice.find(option => option.type !== "null") || choice[0], depth + 1);
  if (schema.type === "object" || schema.properties) {
    const entries = Object.entries(schema.properties || {});
    return Object.fromEntries(entries.map(([name, part]) => [name, example(part, depth + 1)]));
  }
  if (schema.type === "array") return schema.items ? [example(schema.items, depth + 1)] : [];
  if (schema.type === "integer" || schema.type === "number") return schema.minimum || 0;
  if (schema.type === "boolean") return false;
  return "";
};
const hint = parameter => {
  const options = [parameter.schema, ...(parameter.schema.anyOf || [])].find(part => part.enum);
  if (options) return options.enum.join(" | ");
  return HINTS[parameter.name] || { path: "路径", query: "查询", header: "请求头" }[parameter.in];
};

const fields = spec => {
  const grid = make("div", { className: "fields" });
  const inputs = spec.parameters.map(parameter => {
    const id = `${spec.operationId}.${parameter.name}`;
    const label = make("label", { textContent: parameter.name, htmlFor: id });
    if (parameter.required) label.append(make("em", { textContent: " *" }));
    const input = make("input", { id, placeholder: hint(parameter), autocomplete: "off" });
    if (parameter.name === "Idempotency-Key") input.value = newKey();
    grid.append(label, input);
    return [parameter, input];
  });
  return [grid, inputs];
};

const request = (path, inputs, guard) => {
  const query = new URLSearchParams(), headers = {};
  let target = path;
  for (const [parameter, input] of inputs) {
    const value = input.value.trim();
    if (!value) continue;
    if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(value));
    if (parameter.in === "query") query.set(parameter.name, value);
    if (parameter.in === "header") headers[parameter.name] = value;
  }
  if (guard) headers.Authorization = "Bearer " + document.getElementById(guard).value.trim();
  return [target + (query.size ? "?" + query : ""), headers];
};

const show = (out, answer, raw) => {
  let body = raw;
  try { body = JSON.stringify(JSON.parse(raw), null, 2); } catch { /* not JSON: shown as it is */ }
  const kept = ["etag", "idempotent-replayed", "retry-after"].filter(name => answer.headers.get(name));
  const headers = kept.map(name => `\n${name}: ${answer.headers.get(name)}`).join("");
  out.textContent = `HTTP ${answer.status}${headers}\n\n${body}`;
};
const keepSession = raw => {
  const session = JSON.parse(raw);
  if (session.access_token) document.getElementById(session.staff ? "staff" : "resident").value = session.access_token;
};

const answers = spec => Object.entries(spec.responses).filter(([status]) => status !== "default").map(([status, part]) => {
  const schema = part.content?.["application/json"]?.schema;
  return `${status} ${part.description}` + (schema ? "\n" + JSON.stringify(example(schema), null, 2) : "");
});
const codes = spec => {
  const told = spec.responses.default?.description || "";
  const names = told.includes(": ") ? told.split(": ")[1].split(", ") : [];
  return make("p", { className: "codes" }, ...names.map(name => make("a", { href: `/docs/problems#${name}`, textContent: name })));
};

const operation = (method, path, spec) => {
  const name = method.toUpperCase();
  const guard = spec.security.length ? Object.keys(spec.security[0])[0] : "";
  const box = make("details", { className: name, id: spec.operationId });
  box.append(make("summary", {}, make("b", { textContent: name }), make("code", { textContent: path }),
    make("i", { textContent: GUARDS[guard] }), make("span", { textContent: spec.summary })));
  const [grid, inputs] = fields(spec);
  const json = spec.requestBody?.content["application/json"];
  const upload = spec.requestBody?.content["multipart/form-data"];
  const label = `${name} ${path}`;
  const text = json && make("textarea", { value: JSON.stringify(example(json.schema), null, 2), ariaLabel: `请求内容 ${label}` });
  const file = upload && make("input", { type: "file", ariaLabel: `文件 ${label}` });
  const renew = () => inputs.filter(([parameter]) => parameter.name === "Idempotency-Key").forEach(([, input]) => { input.value = newKey(); });
  text?.addEventListener("input", renew);
  file?.addEventListener("input", renew);
  const out = make("pre", { hidden: true, tabIndex: 0 });
  const send = make("button", { textContent: "发送", type: "button" });
  send.onclick = async () => {
    const [target, headers] = request(path, inputs, guard);
    let body;
    if (text) { body = text.value; headers["Content-Type"] = "application/json"; }
    if (file?.files[0]) { body = new FormData(); body.append("file", file.files[0]); }
    send.disabled = true;
    out.hidden = false;
    out.textContent = "…";
    try {
      const answer = await fetch(target, { method: name, headers, body });
      const raw = await answer.text();
      show(out, answer, raw);
      if (answer.ok && path.includes("/auth/") && raw) keepSession(raw);
    } catch (error) { out.textContent = "没有收到回答：" + error; }
    send.disabled = false;
  };
  const inside = make("div", { className: "inside" });
  if (inputs.length) inside.append(grid);
  if (text) inside.append(make("h3", { textContent: "请求内容" }), text);
  if (file) inside.append(make("h3", { textContent: "文件" }), file);
  inside.append(make("p", {}, send), out, make("h3", { textContent: "回答的样子" }), make("pre", { textContent: answers(spec).join("\n\n") }));
  const refusals = codes(spec);
  if (refusals.children.length) inside.append(make("h3", { textContent: "可能的错误" }), refusals);
  box.append(inside);
  return box;
};

const openNamed = () => {
  const named = document.getElementById(location.hash.slice(1));
  if (named?.tagName !== "DETAILS") return;
  named.open = true;
  named.scrollIntoView();
};

const start = async () => {
  const list = document.getElementById("list");
  try {
    description = await (await fetch("/openapi.json")).json();
  } catch (error) {
    list.replaceChildren(make("p", { textContent: "没有读到 /openapi.json：" + error }));
    return;
  }
  document.getElementById("about").textContent = `${description.info.description}（版本 ${description.info.version}）`;
  const groups = new Map();
  for (const [path, methods] of Object.entries(description.paths))
    for (const [method, spec] of Object.entries(methods))
      groups.set(spec.tags[0], [...(groups.get(spec.tags[0]) || []), operation(method, path, spec)]);
  list.replaceChildren();
  for (const [tag, boxes] of groups) list.append(make("h2", { textContent: `${GROUPS[tag] || ""} ${tag}`.trim() }), ...boxes);
  openNamed();
};
addEventListener("hashchange", openNamed);
start();
