// The table of groups. What is searched, sorted and opened stands in the address, after #.

const columns = [
  { key: "name", title: "Group", value: (group) => group.name },
  { key: "severity", title: "State", value: (group) => ["good", "notice", "problem"].indexOf(group.severity) },
  { key: "lag", title: "Lag", value: (group) => group.lag },
  { key: "replay", title: "Re-read", hint: "at most, if it were moved now", value: (group) => group.maxReplay, unknown: "unbounded" },
  { key: "lost", title: "Re-read if lost", hint: "at most, if the source died now", value: (group) => group.maxReplayIfLost, unknown: "unbounded" },
  { key: "missing", title: "Without position", hint: "partitions that would have none if the source died now", value: (group) => group.withoutPositionIfLost, isMinor: true },
  { key: "distance", title: "Distance", hint: "from its translated position to its commit on the target", value: (group) => group.distance, isMinor: true },
  { key: "checkpoint", title: "Checkpoint", hint: "age of the newest", value: (group) => (group.newestCheckpoint ? -group.newestCheckpoint : undefined), isMinor: true },
  { key: "partitions", title: "Partitions", value: (group) => group.partitions, isMinor: true },
];
const pageSize = 200;

const groupTable = { groups: [], omitted: 0, details: new Map(), now: () => Date.now() };

function view() {
  const hash = new URLSearchParams(location.hash.slice(1)), sort = hash.get("sort") || "-severity";
  const column = columns.find((each) => each.key === sort.replace(/^-/, "")) ?? columns[1];
  return {
    search: hash.get("q") ?? "", isDescending: sort.startsWith("-"), column, problems: hash.get("problems") === "1",
    open: hash.get("group"), rows: Math.max(pageSize, Number(hash.get("rows")) || 0),
  };
}

function go(changes) {
  const hash = new URLSearchParams(location.hash.slice(1));
  for (const [name, value] of Object.entries(changes)) value ? hash.set(name, value) : hash.delete(name);
  history.replaceState(null, "", `#${hash}`);
  showGroups();
}

// Unknown values come last, except that no bound is more than any.
function sorted(groups, { column, isDescending }) {
  const key = (group) => {
    const value = column.value(group);
    return isKnown(value) ? value : column.unknown ? Infinity : undefined;
  };
  return groups.map((group) => [key(group), group]).sort(([a, first], [b, second]) => {
    if (isKnown(a) !== isKnown(b)) return isKnown(a) ? -1 : 1;
    const order = a === b || !isKnown(a) ? 0 : a < b ? -1 : 1;
    return (isDescending ? -order : order) || (first.name < second.name ? -1 : 1);
  }).map(([, group]) => group);
}

function matching(groups, { search, problems }) {
  const text = search.trim().toLowerCase();
  return groups.filter((group) => (!problems || group.severity === "problem")
    && (!text || group.name.toLowerCase().includes(text) || group.topics.some((topic) => topic.toLowerCase().includes(text))));
}

function headRow(shown) {
  return element("tr", {}, ...columns.map((column) => {
    const isSorted = column === shown.column, isNumber = !["name", "severity"].includes(column.key);
    const next = isSorted ? !shown.isDescending : column.key !== "name";
    return element("th", {
      scope: "col", class: `${isNumber ? "number" : ""}${column.isMinor ? " minor" : ""}`, title: column.hint,
      "aria-sort": isSorted && (shown.isDescending ? "descending" : "ascending"),
    }, element("button", { type: "button", "data-sort": column.key, onclick: () => go({ sort: (next ? "-" : "") + column.key }) }, column.title));
  }));
}

function groupRow(group, isOpen) {
  const text = {
    lag: grouped(group.lag), replay: isKnown(group.maxReplay) ? grouped(group.maxReplay) : "unbounded",
    lost: isKnown(group.maxReplayIfLost) ? grouped(group.maxReplayIfLost) : "unbounded", missing: grouped(group.withoutPositionIfLost),
    distance: grouped(group.distance), partitions: grouped(group.partitions),
    checkpoint: group.newestCheckpoint ? duration(groupTable.now() - group.newestCheckpoint) : "–",
  };
  const name = element("button", { type: "button", "aria-expanded": String(isOpen), onclick: () => go({ group: isOpen ? "" : group.name }) }, group.name);
  const state = element("span", { class: group.severity }, `${severities[group.severity] ?? ""} ${words(group.reason ?? group.severity)}`);
  return element("tr", { "data-group": group.name }, element("td", { class: "name" }, name), element("td", { class: "why" }, state),
    ...columns.slice(2).map((column) => element("td", { class: `number${column.isMinor ? " minor" : ""}` }, text[column.key])));
}

function showGroups() {
  const shown = view(), found = sorted(matching(groupTable.groups, shown), shown);
  const kept = place();
  document.querySelector("#groups > thead").replaceChildren(headRow(shown));
  const rows = found.slice(0, shown.rows), open = found.find((group) => group.name === shown.open);
  if (open && !rows.includes(open)) rows.unshift(open);
  document.querySelector("#groups > tbody").replaceChildren(...rows.flatMap((group) => {
    const isOpen = group.name === shown.open;
    return isOpen ? [groupRow(group, true), detailRow(group)] : [groupRow(group, false)];
  }));
  kept();
  const all = groupTable.groups.length, omitted = groupTable.omitted ? `; ${grouped(groupTable.omitted)} more are not shown (--max-groups)` : "";
  byID("count").textContent = (found.length === all ? plural(all, "group") : `${grouped(found.length)} of ${plural(all, "group")}`) + omitted;
  byID("more").hidden = found.length <= shown.rows;
  byID("more").textContent = `Show ${grouped(Math.min(pageSize, found.length - shown.rows))} more of ${grouped(found.length - shown.rows)}`;
  if (byID("search").value !== shown.search) byID("search").value = shown.search;
  byID("problems").checked = shown.problems;
}

// Where the reader is, to be found again when the rows have been made anew.
function place() {
  const focused = document.activeElement, sort = focused?.dataset.sort, group = focused?.closest("tr[data-group]")?.dataset.group;
  const scrolled = document.querySelector("tr.detail > td > div")?.scrollLeft;
  return () => {
    const button = [...document.querySelectorAll("#groups button")].find((each) =>
      (sort && each.dataset.sort === sort) || (group !== undefined && each.closest("tr[data-group]")?.dataset.group === group));
    button?.focus({ preventScroll: true });
    const detail = document.querySelector("tr.detail > td > div");
    if (detail && scrolled) detail.scrollLeft = scrolled;
  };
}

function startGroups() {
  byID("filter").addEventListener("submit", (event) => event.preventDefault());
  byID("search").addEventListener("input", (event) => go({ q: event.target.value, rows: "" }));
  byID("problems").addEventListener("change", (event) => go({ problems: event.target.checked ? "1" : "", rows: "" }));
  byID("more").addEventListener("click", () => go({ rows: String(view().rows + pageSize) }));
  window.addEventListener("hashchange", showGroups);
}
