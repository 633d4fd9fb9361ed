// What the OpenAPI document says of bodies and answers, as rows to read.
import { make } from "./dom.js";

const TYPES = { string: "文本", integer: "整数", number: "数字", boolean: "是否", array: "列表", object: "对象", null: "空" };
const FORMATS = { uuid: "编号", date: "日期", "date-time": "时间", binary: "文件" };
const DEEPEST = 5;

export const reader = document => {
  const at = reference => reference.split("/").slice(1).reduce((part, name) => part[name], document);
  const resolve = schema => {
    let found = schema || {};
    for (let depth = 0; found.$ref && depth < DEEPEST; depth += 1)
      found = { ...at(found.$ref), ...(found.description ? { description: found.description } : {}) };
    return found;
  };
  const options = schema => (schema.anyOf || schema.oneOf || [schema]).map(resolve);
  const solid = schema => options(schema).find(option => option.type !== "null") || {};

  const type = schema => {
    const names = options(schema).map(option => FORMATS[option.format] || TYPES[option.type] || (option.enum ? "文本" : "任意"));
    return [...new Set(names)].join(" 或 ");
  };
  const rows = (schema, prefix = "", depth = 0) => {
    const { properties = {}, required = [] } = solid(resolve(schema));
    return Object.entries(properties).flatMap(([name, given]) => {
      const part = resolve(given), inner = solid(part);
      const list = inner.type === "array";
      const row = { name: prefix + name, type: type(part), needed: required.includes(name), text: given.description || part.description || "", values: values(part) };
      const below = depth < DEEPEST ? rows(list ? inner.items : inner, `${prefix}${name}${list ? "[]" : ""}.`, depth + 1) : [];
      return [row, ...below];
    });
  };
  const values = schema => {
    const one = solid(resolve(schema));
    const listed = one.type === "array" ? solid(resolve(one.items)) : one;
    const labels = listed["x-enum-labels"] || {};
    return (listed.enum || []).map(value => labels[value] && labels[value] !== value ? `${value} ${labels[value]}` : String(value));
  };
  return { rows, values, resolve };
};

export const table = (rows, { demands }) => make("table", {},
  make("thead", {}, make("tr", {}, ...["字段", "类型", "含义"].map(text => make("th", { scope: "col", textContent: text })))),
  make("tbody", {}, ...rows.map(row => make("tr", {},
    make("td", {}, make("code", { textContent: row.name }), demands && row.needed ? make("em", { textContent: " 必填" }) : null),
    make("td", { textContent: row.type }),
    make("td", {}, row.text, row.values.length ? make("small", { textContent: `${row.text ? " " : ""}取值：${row.values.join("、")}` }) : null)))));
