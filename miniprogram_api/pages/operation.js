// One endpoint: what it takes and answers, a curl command, and a form to try it.
import { button, code, copier, make, pretty } from "./dom.js";
import { curl, gather, newKey, send } from "./request.js";
import { table } from "./schema.js";
import { keepSession, tokenOf } from "./session.js";

const GUARDS = { resident: "居民", staff: "工作人员", "": "公开" };
const PLACES = { path: "路径", query: "查询参数", header: "请求头" };
const SHOWN = ["etag", "idempotent-replayed", "retry-after", "location"];
const KEY = "Idempotency-Key";

export const guardOf = spec => (spec.security.length ? Object.keys(spec.security[0])[0] : "");

// What it may refuse: [status, what the status means, codes], from the examples of its answers.
export const refusals = spec => Object.entries(spec.responses).map(([status, given]) =>
  [status, given.description, Object.values(given.content?.["application/problem+json"]?.examples || {})]).filter(([, , problems]) => problems.length);

const parameterFields = (spec, schemas) => {
  const grid = make("div", { className: "fields" });
  const inputs = spec.parameters.map(parameter => {
    const id = `${spec.operationId}.${parameter.name}`;
    const label = make("label", { htmlFor: id }, make("code", { textContent: parameter.name }), parameter.required ? make("em", { textContent: " 必填" }) : null);
    const values = schemas.values(parameter.schema);
    const given = parameter.example ?? parameter.schema.example ?? parameter.schema.examples?.[0];
    const input = values.length
      ? make("select", { id }, make("option", { value: "", textContent: parameter.required ? "（请选择）" : "（不限）" }), ...values.map(text => make("option", { value: text.split(" ")[0], textContent: text })))
      : make("input", { id, autocomplete: "off", spellcheck: false, placeholder: given === undefined || given === "" ? "" : `如 ${given}` });
    input.setAttribute("aria-describedby", `${id}.hint`);
    const hint = make("small", { id: `${id}.hint`, textContent: [PLACES[parameter.in], parameter.description].filter(Boolean).join("：") });
    grid.append(label, make("div", {}, input, hint));
    return [parameter, input];
  });
  return [grid, inputs];
};

const told = ({ answer, raw }) => {
  let body = raw;
  try { body = pretty(JSON.parse(raw)); } catch { /* not JSON: shown as it is */ }
  const headers = SHOWN.filter(name => answer.headers.get(name)).map(name => `\n${name}: ${answer.headers.get(name)}`).join("");
  return `HTTP ${answer.status}${headers}\n\n${body}`;
};

const answers = (spec, schemas) => Object.entries(spec.responses).filter(([status]) => /^[23]/.test(status)).flatMap(([status, given]) => {
  const json = given.content?.["application/json"];
  const title = make("h4", { textContent: `${status} ${given.description}` });
  if (!json) return [title];
  const rows = schemas.rows(json.schema);
  return [title, json.example === undefined ? null : code(pretty(json.example), `回答示例 ${spec.operationId}`),
    rows.length ? make("details", { className: "rows" }, make("summary", { textContent: `字段说明（${rows.length}）` }), table(rows, { demands: false })) : null];
});

const errors = (spec, schemas) => {
  const found = refusals(spec);
  const count = found.reduce((sum, [, , problems]) => sum + problems.length, 0);
  const parts = found.flatMap(([status, text, problems]) => [
    make("h4", { textContent: status === "default" ? text : `${status} ${text}` }),
    make("ul", { className: "errors" }, ...problems.map(schemas.resolve).map(({ summary, value }) =>
      make("li", {}, make("a", { href: `/docs/problems#${value.code}`, textContent: value.code }), make("span", { textContent: summary })))),
  ]);
  return make("details", { className: "rows" }, make("summary", { textContent: `错误代码（${count}）` }), ...parts);
};

// The form and what becomes of it; `from` says which server the command is for.
export const inside = (from, schemas, method, path, spec) => {
  const guard = guardOf(spec);
  const [grid, inputs] = parameterFields(spec, schemas);
  const json = spec.requestBody?.content["application/json"];
  const upload = spec.requestBody?.content["multipart/form-data"];
  const textId = `${spec.operationId}.body`;
  const text = json && make("textarea", { id: textId, value: pretty(json.example ?? {}), spellcheck: false });
  if (text) text.rows = Math.min(text.value.split("\n").length + 1, 24);
  const file = upload && make("input", { id: textId, type: "file" });
  const key = inputs.find(([parameter]) => parameter.name === KEY)?.[1];
  const command = code("", `curl 命令 ${spec.operationId}`);
  const out = make("pre", { hidden: true, tabIndex: 0, role: "region", ariaLabel: `回答 ${spec.operationId}` });
  const state = make("p", { role: "status", className: "told" });

  const refresh = () => { command.textContent = curl(from, method, gather(path, inputs), { guard, body: text?.value, file: Boolean(file) }); };
  const renewKey = () => { if (key) key.value = newKey(); refresh(); };
  const act = async () => {
    const request = gather(path, inputs);
    if (request.missing.length) {
      state.textContent = "请先填写必填的参数。";
      request.missing[0].focus();
      return;
    }
    state.textContent = guard && !tokenOf(guard) ? `还没有以${GUARDS[guard]}登录，请求不带令牌。` : "正在等待回答…";
    try {
      const heard = await send(method, request, { guard, body: text?.value, upload: file?.files[0] });
      out.textContent = told(heard);
      out.hidden = false;
      state.textContent = heard.answer.ok ? "成功。" : `HTTP ${heard.answer.status}`;
      if (heard.answer.ok && path.includes("/auth/") && heard.raw) keepSession(JSON.parse(heard.raw));
    } catch (error) { state.textContent = `没有收到回答：${error.message}`; }
  };

  // Another content is another request: the same key would be refused.
  for (const part of [text, file]) part?.addEventListener("input", renewKey);
  for (const [, input] of inputs) input.addEventListener("input", refresh);
  renewKey();

  const rows = json ? schemas.rows(json.schema) : [];
  const box = make("div", { className: "inside" });
  const add = (title, ...parts) => box.append(make("h3", { textContent: title }), ...parts.filter(Boolean));
  // The document says it in English where it says more than the summary.
  if (/[\u4e00-\u9fff]/.test(spec.description || "")) box.append(make("p", { textContent: spec.description }));
  if (inputs.length) add("参数", grid, key ? button("换一个 Idempotency-Key", renewKey, "quiet") : null);
  if (text || file) {
    box.append(make("h3", {}, make("label", { htmlFor: textId, textContent: text ? "请求内容" : "文件" })), text || file);
    if (rows.length) box.append(make("details", { className: "rows" }, make("summary", { textContent: `字段说明（${rows.length}）` }), table(rows, { demands: true })));
  }
  box.append(make("div", { className: "line" }, button("发送", act), state), out);
  add("命令行", command, copier(() => command.textContent));
  const shown = answers(spec, schemas);
  if (shown.length) add("回答", ...shown);
  if (refusals(spec).length) add("可能的错误", errors(spec, schemas));
  return box;
};

export const head = (method, path, spec) => {
  const guard = guardOf(spec);
  return make("summary", {}, make("b", { textContent: method }), make("span", { className: "what", textContent: spec.summary }),
    make("i", { textContent: GUARDS[guard] }), make("code", { textContent: path }));
};
