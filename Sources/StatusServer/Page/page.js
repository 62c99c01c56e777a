// Asks the server as often as it looks at the clusters, and shows what it says.

const page = { status: null, offset: 0, seen: null, toggled: new Map() };
const serverNow = () => Date.now() + page.offset;
groupTable.now = serverNow;

async function update() {
  try {
    const { ok, status, date, body } = await ask("/api/v1/status");
    if (!ok && status !== 503) throw new Error(`status ${status}`);
    if (date) page.offset = Math.abs(date - Date.now()) > 2000 ? date - Date.now() : 0;
    page.status = body;
    page.isAnswering = true;
    if (ok && body.server.refreshedAt !== page.seen) await load(body);
  } catch (error) {
    page.isAnswering = false;
  }
  showHead();
  setTimeout(update, Math.min(15000, Math.max(2000, page.status?.server.intervalMilliseconds ?? 5000)));
}

async function load(status) {
  const [groups, history] = await Promise.all([ask("/api/v1/groups"), ask("/api/v1/history")]);
  if (!groups.ok || !history.ok) return;
  page.seen = status.server.refreshedAt;
  groupTable.groups = groups.body.groups;
  groupTable.omitted = groups.body.omitted;
  groupTable.details.clear();
  document.querySelector("main").hidden = false;
  showFigures(status);
  showCharts(history.body.samples);
  showChecks(status.checks);
  showGroups();
}

function showHead() {
  const status = page.status, server = status?.server;
  if (server) {
    byID("source").textContent = server.source;
    byID("target").textContent = server.target;
    document.title = `${server.source} → ${server.target}: failover`;
    byID("server").textContent = `failover ${server.version}, up ${duration(serverNow() - server.startedAt)}, looks every ${duration(server.intervalMilliseconds)}`;
  }
  const verdict = verdicts[status?.verdict], isOld = !page.isAnswering || server?.isStale;
  byID("verdict").className = `badge ${verdict && !isOld ? verdict.class : "quiet"}`;
  byID("verdict").textContent = verdict ? `${verdict.mark} ${isOld ? `was ${verdict.text}` : verdict.text}` : "waiting";
  byID("age").textContent = status?.takenAt ? `as of ${clock(status.takenAt, true)}, ${duration(serverNow() - status.takenAt)} ago` : "not seen yet";
  showBanner(status, server);
}

function showBanner(status, server) {
  const failure = server?.failure && `The last look at the clusters failed ${duration(serverNow() - server.failure.at)} ago: ${server.failure.error}`;
  const texts = [
    !page.isAnswering && "This server does not answer any more. What is shown gets older.", server?.isStale && status.takenAt && "This is old.", failure,
    page.isAnswering && status.sourceTrouble && `The source does not answer: ${status.sourceTrouble}`,
    ...(page.isAnswering ? (status.warnings ?? []) : []),
  ].filter(Boolean);
  byID("banner").hidden = texts.length === 0;
  byID("banner").className = !page.isAnswering || server?.isStale || failure || status.sourceTrouble ? "" : "mild";
  const text = texts.join(" ");
  // Said once by a screen reader, not every second.
  if (byID("banner").textContent !== text) byID("banner").textContent = text;
}

function showFigures({ totals, heartbeats }) {
  if (!totals) return byID("figures").replaceChildren();
  const bound = (count) => (count ? `and ${plural(count, "group")} without a bound` : "at most, all groups");
  const beat = isKnown(heartbeats.newest) ? `${duration(serverNow() - heartbeats.newest)} ago` : "none";
  const figures = [
    ["Groups", grouped(totals.groups), `${plural(totals.problems, "problem")}, ${plural(totals.notices, "notice")}`],
    ["Not copied yet", grouped(totals.replicationLag), totals.replicationLagUnknown ? `unknown of ${plural(totals.replicationLagUnknown, "partition")}` : isKnown(totals.partitions) ? `records in ${plural(totals.partitions, "partition")}` : "the source can't be asked"],
    ["Oldest not copied", duration(totals.oldestUnreplicated), "since it was written"],
    ["Re-read if lost", grouped(totals.maxReplayIfLost), bound(totals.replayUnboundedIfLost)],
    ["Re-read if moved", grouped(totals.maxReplay), bound(totals.replayUnbounded)],
    ["Without position", grouped(totals.withoutPositionIfLost), "partitions, if the source died now"],
    ["Consumer lag", grouped(totals.consumerLag), "records, all groups"],
    ["Heartbeat", beat, "by the mirror's clock"],
  ];
  byID("figures").replaceChildren(...figures.map(([name, value, note]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value), element("dd", { class: "note" }, note))));
}

function showChecks(checks) {
  const folded = checks.filter((check) => check.status === "pass"), open = checks.filter((check) => check.status !== "pass");
  const order = ["fail", "warn", "unknown"];
  open.sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const passed = folded.length ? [fold("passed", false, [element("b", { class: "good" }, `✓ ${plural(folded.length, "check")} passed`)], folded.map((check) => checkDetails(check)))] : [];
  byID("checks").replaceChildren(...open.map((check) => checkDetails(check)), ...passed);
}

function checkDetails(check) {
  const { class: style, mark } = verdicts[check.status] ?? verdicts.unknown, findings = check.findings.slice(0, 20);
  const more = check.findings.length - findings.length;
  const list = findings.length ? element("ul", {}, ...findings.map((finding) => element("li", {}, finding)), more ? element("li", {}, `and ${grouped(more)} more`) : null) : null;
  const remedy = check.remedy ? element("p", { class: "remedy" }, check.remedy) : null;
  return fold(check.kind, ["fail", "warn"].includes(check.status), [element("b", { class: style }, `${mark} ${words(check.kind)}`), ` ${check.evidence}`], [list, remedy]);
}

// Stays as the reader left it.
function fold(key, isOpen, summary, content) {
  const details = element("details", { "data-check": key, open: page.toggled.get(key) ?? isOpen }, element("summary", {}, ...summary), ...content);
  details.querySelector("summary").addEventListener("click", () => page.toggled.set(key, !details.open));
  return details;
}

startGroups();
update();
setInterval(showHead, 1000);
