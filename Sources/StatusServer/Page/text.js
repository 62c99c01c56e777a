// What is shown is written here. All that comes from the clusters goes through textContent.

function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const byID = (id) => document.getElementById(id);
const isKnown = (value) => value !== undefined && value !== null;
const grouped = (value) => (isKnown(value) ? Number(value).toLocaleString("en-US") : "–");
const plural = (count, one, many = `${one}s`) => `${grouped(count)} ${count === 1 ? one : many}`;

// 5 ms, 12 s, 3 min, 2 h, 5 d
function duration(milliseconds) {
  if (!isKnown(milliseconds)) return "–";
  if (milliseconds > 0 && milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${grouped(Math.round(seconds / 86400))} d`;
}

const clock = (time, withSeconds) => new Date(time).toLocaleTimeString("en-GB", {
  hour: "2-digit", minute: "2-digit", second: withSeconds ? "2-digit" : undefined,
});

// aheadOfMirror: ahead of mirror
const words = (name) => name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().replace(/\bre read\b/, "re-read");

const figureWords = {
  logEnd: (value) => `the log ends at ${grouped(value)}`, lost: (value) => `${grouped(value)} lost`,
  upstreamOffset: (value) => `the first is at ${grouped(value)}`, by: (value) => `by ${grouped(value)}`,
  downstreamOffset: (value) => `to ${grouped(value)}`, milliseconds: (value) => `for ${duration(value)}`,
  maxReplay: (value) => `at most ${grouped(value)} re-read`, records: (value) => `at most ${grouped(value)} re-read`,
};

function reasonText(position) {
  const figures = Object.entries(position.reasonFigures ?? {}).map(([name, value]) => figureWords[name]?.(value) ?? `${words(name)} ${grouped(value)}`);
  return words(position.reason) + (figures.length ? `: ${figures.join(", ")}` : "");
}

const verdicts = {
  pass: { class: "good", mark: "✓", text: "ready" },
  warn: { class: "notice", mark: "!", text: "ready, with warnings" },
  fail: { class: "problem", mark: "✗", text: "not ready" },
  unknown: { class: "quiet", mark: "?", text: "unknown" },
};
const severities = { good: "✓", notice: "!", problem: "✗" };

async function ask(path) {
  const response = await fetch(path, { cache: "no-store", credentials: "omit" });
  const date = Date.parse(response.headers.get("Date"));
  return { ok: response.ok, status: response.status, date, body: await response.json() };
}
