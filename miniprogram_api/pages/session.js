// Who is logged in on each side. Tokens live in sessionStorage: this tab's, gone when it closes.
import { button, copier, line, make } from "./dom.js";

const SANDBOX = document.querySelector(".login").dataset.sandbox;
const SIDES = {
  resident: { title: "居民", path: "/api/v1/auth/", users: null },
  staff: {
    title: "工作人员", path: "/api/v1/staff/auth/",
    users: { clerk: "社区受理", reviewer: "街道审查", approver: "部门决定", supervisor: "区督办", admin: "区管理员" },
  },
};
const stored = side => `yikou.${side}`;

const read = side => {
  const kept = JSON.parse(sessionStorage.getItem(stored(side)) || "null");
  if (kept && kept.until < Date.now()) { sessionStorage.removeItem(stored(side)); return null; }
  return kept;
};

const keep = (side, token, name, seconds) => {
  sessionStorage.setItem(stored(side), JSON.stringify({ token, name, until: Date.now() + seconds * 1000 }));
  show(side);
};

export const tokenOf = side => read(side)?.token || "";

// An answer of an endpoint that logs somebody in, here or in a box below.
export const keepSession = (session, name = "") => {
  if (!session?.access_token) return;
  const side = session.staff ? "staff" : "resident";
  const shown = session.staff?.name || session.resident?.name_masked || name || "新用户";
  keep(side, session.access_token, name && shown !== name ? `${shown}（${name}）` : shown, session.expires_in);
};

const ask = async (url, body, headers) => {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body), headers });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.detail || told.error || `HTTP ${answer.status}`);
  return told;
};

const logIn = async (side, user) => {
  let code;
  try {
    // Plain text: the sandbox then need not be asked first whether it may be asked.
    ({ code } = await ask(`${SANDBOX}/_control/codes`, { user, kind: "login" }, { "Content-Type": "text/plain" }));
  } catch (error) { throw new Error(`没有从沙箱 ${SANDBOX} 取到登录码（${error.message}）`); }
  keepSession(await ask(`${SIDES[side].path}wechat`, { code }, { "Content-Type": "application/json" }), user);
};

const logOut = async side => {
  const token = tokenOf(side);
  sessionStorage.removeItem(stored(side));
  show(side);
  // The token stops working at once, not only when it expires; who is offline forgets it at least.
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
  if (token) await fetch(`${SIDES[side].path}logout`, { method: "POST", body: "{}", headers }).catch(() => null);
};

const userField = side => {
  const { users } = SIDES[side];
  const id = `user-${side}`;
  const field = users
    ? make("select", { id }, ...Object.entries(users).map(([value, text]) => make("option", { value, textContent: `${text} ${value}` })))
    : make("input", { id, value: "wang", maxLength: 64, autocomplete: "off", spellcheck: false });
  return [make("label", { htmlFor: id, textContent: "沙箱用户" }), field];
};

const loggedOut = (side, tell) => {
  const parts = [];
  if (SANDBOX) {
    const [label, field] = userField(side);
    const enter = button("用沙箱登录", () => logIn(side, field.value.trim()).catch(error => tell(error.message)));
    parts.push(line(label, field, enter));
  }
  const id = `token-${side}`;
  const field = make("input", { id, type: "password", autocomplete: "off", spellcheck: false });
  const use = button("使用", () => {
    const token = field.value.trim().replace(/^Bearer\s+/i, "");
    if (token) keep(side, token, "粘贴的令牌", 900); else tell("请先粘贴 access_token。");
  }, "quiet");
  parts.push(line(make("label", { htmlFor: id, textContent: "访问令牌" }), field, use));
  return parts;
};

// The curl commands take the token from the shell.
const loggedIn = side => [make("div", { className: "line" }, button("退出", () => logOut(side), "quiet"), copier(() => tokenOf(side), "复制令牌"))];

const show = side => {
  const box = document.getElementById(`side-${side}`);
  const state = box.querySelector("[role=status]");
  const kept = read(side);
  const tell = text => { state.textContent = text; };
  const focused = box.contains(document.activeElement);
  box.querySelector(".inputs").replaceChildren(...(kept ? loggedIn(side) : loggedOut(side, tell)));
  box.classList.toggle("in", Boolean(kept));
  tell(kept ? `已登录：${kept.name}` : "未登录");
  if (kept) setTimeout(show, kept.until - Date.now() + 50, side);
  if (focused) box.querySelector(".inputs button").focus();
};

export const start = () => {
  const boxes = Object.entries(SIDES).map(([side, { title }]) =>
    make("div", { id: `side-${side}`, role: "group", ariaLabel: title }, make("h3", { textContent: title }),
      make("p", { role: "status" }), make("div", { className: "inputs" })));
  document.getElementById("sides").replaceChildren(...boxes);
  Object.keys(SIDES).forEach(show);
};
