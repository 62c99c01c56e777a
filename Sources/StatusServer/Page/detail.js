// What an open group shows: its partitions, and why each is in step or not.

function detailRow(group) {
  const known = groupTable.details.get(group.name), place = element("div", {});
  if (known?.positions) place.append(...detail(known));
  else place.append(element("p", { class: "quiet" }, known?.error ?? "asking…"));
  if (!known) loadDetail(group.name);
  return element("tr", { class: "detail" }, element("td", { colspan: columns.length }, place));
}

async function loadDetail(name) {
  try {
    const { ok, body } = await ask(`/api/v1/groups/${encodeURIComponent(name)}`);
    groupTable.details.set(name, ok ? body.groups[0] : { error: body.error });
  } catch {
    groupTable.details.set(name, { error: "The server does not answer." });
  }
  showGroups();
}

function detail(group) {
  const side = (state, members) => (state ? `${state}${members ? `, ${plural(members, "member")}` : ""}` : "state not known");
  const about = `Source: ${side(group.sourceState, group.sourceMembers)}. Target: ${side(group.targetState, group.targetMembers)}.`;
  const titles = ["Partition", "State", "Position", "Lag", "On the target", "Known", "Re-read", "Committed there", "If the source died now", "Checkpoint"];
  const table = element("table", { "aria-label": `Partitions of ${group.name}` },
    element("thead", {}, element("tr", {}, ...titles.map((title, index) => element("th", { scope: "col", class: isNumeric(index) ? "number" : "" }, title)))),
    element("tbody", {}, ...group.positions.map(positionRow)));
  return [element("p", { class: "quiet" }, about), table];
}

const isNumeric = (index) => [2, 3, 4, 6, 7].includes(index);

function positionRow(position) {
  const place = position.sourceTopic === position.targetTopic ? position.sourceTopic : `${position.sourceTopic} → ${position.targetTopic}`;
  const notes = position.summary ? explained(position) : [position.unknownBecause, ...position.warnings].filter(isKnown).map((note) => element("div", { class: "quiet" }, note));
  const why = element("div", { class: position.severity }, `${severities[position.severity] ?? ""} ${position.summary ?? reasonText(position)}`);
  const replay = (value, isThere) => (isKnown(value) ? grouped(value) : isThere ? "unbounded" : "–");
  const cells = [
    `${place} / ${position.partition}`, null, origin(position), grouped(position.lag), range(position), known(position),
    replay(position.maxReplay, isKnown(position.plannedOffset)),
    grouped(position.currentOffset) + (position.distance ? ` (${position.distance > 0 ? "+" : ""}${grouped(position.distance)})` : ""),
    isKnown(position.ifLost.offset) ? `${grouped(position.ifLost.offset)} by ${position.ifLost.origin ?? "?"}, re-read ${replay(position.ifLost.maxReplay, true)}` : "no position",
    checkpoint(position.checkpoint),
  ];
  return element("tr", {}, ...cells.map((text, index) => {
    if (index === 1) return element("td", { class: "why" }, why, ...notes);
    return element("td", { class: isNumeric(index) ? "number" : "" }, text);
  }));
}

function explained({ remedy, evidence }) {
  return [
    remedy ? element("div", { class: "remedy" }, remedy) : null,
    element("details", {}, element("summary", { class: "quiet" }, "evidence"), element("ul", {}, ...(evidence ?? []).map((fact) => element("li", {}, fact)))),
  ];
}

function origin(position) {
  const time = position.checkpointWrittenAt ?? position.capturedAt;
  if (!isKnown(position.upstreamOffset)) return "–";
  return grouped(position.upstreamOffset) + (time ? ` (${position.origin} ${duration(groupTable.now() - time)})` : "");
}

function range(position) {
  if (!isKnown(position.plannedOffset)) return "–";
  const isOne = position.low === position.high || !isKnown(position.high);
  return grouped(position.plannedOffset) + (isOne ? "" : ` (to ${grouped(position.high)})`);
}

const known = (position) => (position.kind ? `${position.kind}${position.rule && position.rule !== "none" ? ` (${words(position.rule)})` : ""}` : "–");

function checkpoint(checkpoint) {
  if (!checkpoint) return "none";
  return `${grouped(checkpoint.upstreamOffset)} → ${grouped(checkpoint.downstreamOffset)}, ${duration(groupTable.now() - checkpoint.writtenAt)} ago`;
}
