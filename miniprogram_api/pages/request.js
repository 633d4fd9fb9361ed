// One request as it is filled in: its parts, to be sent or shown as a curl command.
import { tokenOf } from "./session.js";

const VARIABLES = { resident: "$RESIDENT_TOKEN", staff: "$STAFF_TOKEN" };
const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;

export const newKey = () => crypto.randomUUID?.() || [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");

// `missing` are the required parameters nobody has filled in.
export const gather = (path, inputs) => {
  const query = new URLSearchParams(), headers = {}, missing = [];
  let target = path;
  for (const [parameter, input] of inputs) {
    const value = input.value.trim();
    if (!value) {
      if (parameter.required) missing.push(input);
      continue;
    }
    if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(value));
    if (parameter.in === "query") query.set(parameter.name, value);
    if (parameter.in === "header") headers[parameter.name] = value;
  }
  return { target: target + (query.size ? `?${query}` : ""), headers, missing };
};

export const curl = (server, method, { target, headers }, { guard, body, file }) => {
  const lines = [`curl ${method === "GET" ? "" : `-X ${method} `}${quoted(server + target)}`];
  // In double quotes, for the shell to put the token in: it belongs in no history.
  if (guard) lines.push(`-H "Authorization: Bearer ${VARIABLES[guard]}"`);
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) lines.push("-H 'Content-Type: application/json'", `-d ${quoted(body)}`);
  if (file) lines.push("-F 'file=@photo.jpg'");
  return lines.join(" \\\n  ");
};

export const send = async (method, { target, headers }, { guard, body, upload }) => {
  const sent = { ...headers };
  if (guard) sent.Authorization = `Bearer ${tokenOf(guard)}`;
  if (body !== undefined) sent["Content-Type"] = "application/json";
  let content = body;
  if (upload) {
    content = new FormData();
    content.append("file", upload);
  }
  const answer = await fetch(target, { method, headers: sent, body: content });
  return { answer, raw: await answer.text() };
};
