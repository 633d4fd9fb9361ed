// The list of endpoints from /openapi.json, in its groups; the search; the links to one endpoint.
import { make } from "./dom.js";
import { guardOf, head, inside, refusals } from "./operation.js";
import { reader } from "./schema.js";
import * as session from "./session.js";

const list = document.getElementById("list");
const search = document.getElementById("search");
const found = document.getElementById("found");
const METHODS = ["get", "post", "put", "delete", "patch"];
const SIDES = { resident: "居民", staff: "工作人员", "": "公开" };

const operations = description => Object.entries(description.paths).flatMap(([path, given]) =>
  METHODS.filter(method => given[method]).map(method => ({ path, method: method.toUpperCase(), spec: given[method], tag: given[method].tags[0] })));

// Answers that many endpoints have stand once in the document.
const placed = description => {
  for (const { spec } of operations(description))
    for (const [status, given] of Object.entries(spec.responses))
      if (given.$ref) spec.responses[status] = description.components.responses[given.$ref.split("/").pop()];
  return description;
};

const words = ({ path, method, spec, tag }, group) => [spec.summary, spec.description, path, method, spec.operationId, tag, group,
  SIDES[guardOf(spec)], ...refusals(spec).flatMap(([, , problems]) => problems.map(problem => problem.$ref.split("/").pop()))].join(" ").toLowerCase();

const box = (description, schemas, operation, group) => {
  const { path, method, spec } = operation;
  const details = make("details", { className: `operation ${method}`, id: spec.operationId, data: { words: words(operation, group) } }, head(method, path, spec));
  details.addEventListener("toggle", () => {
    if (details.children.length > 1) return;
    details.append(inside(description.servers[0].url, schemas, method, path, spec));
  });
  return details;
};

const fill = description => {
  const schemas = reader(description);
  const titles = new Map((description.tags || []).map(tag => [tag.name, tag.description || tag.name]));
  const groups = new Map();
  for (const operation of operations(description)) groups.set(operation.tag, [...(groups.get(operation.tag) || []), operation]);
  const sections = [...groups].map(([tag, held]) => {
    const title = titles.get(tag) || tag;
    return make("section", { id: `group-${tag}`, ariaLabel: title }, make("h2", { textContent: title }, make("small", { textContent: ` ${tag}` })),
      ...held.map(operation => box(description, schemas, operation, title)));
  });
  list.replaceChildren(...sections);
  document.getElementById("groups").replaceChildren(...sections.map(section => make("a", { href: `#${section.id}`, textContent: section.ariaLabel })));
};

const filter = () => {
  const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const section of list.querySelectorAll(":scope > section")) {
    let any = false;
    for (const operation of section.querySelectorAll(":scope > details")) {
      operation.hidden = !wanted.every(word => operation.dataset.words.includes(word));
      if (!operation.hidden) { any = true; count += 1; }
    }
    section.hidden = !any;
    document.querySelector(`nav a[href="#${section.id}"]`).hidden = !any;
  }
  found.textContent = wanted.length ? (count ? `找到 ${count} 个接口。` : "没有找到，换个词试试。") : `共 ${count} 个接口。`;
};

const openNamed = () => {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named?.tagName !== "DETAILS") return;
  if (named.hidden) { search.value = ""; filter(); }
  named.open = true;
  named.scrollIntoView();
};

const start = async () => {
  session.start();
  try {
    const description = placed(await (await fetch("/openapi.json")).json());
    document.getElementById("about").textContent = `${description.info.description}（版本 ${description.info.version}）`;
    fill(description);
  } catch (error) {
    list.replaceChildren(make("p", { textContent: `没有读到 /openapi.json：${error.message}` }));
    return;
  }
  filter();
  openNamed();
};

search.addEventListener("input", filter);
addEventListener("hashchange", openNamed);
addEventListener("keydown", event => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  search.focus();
});
start();
