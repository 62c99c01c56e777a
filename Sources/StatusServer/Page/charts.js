// Lines over time: no more than one point a pixel, gaps where nothing is known.

const chartSize = { width: 380, height: 128, left: 46, right: 8, top: 10, bottom: 18 };

function shape(tag, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

// The next of 1, 2, 5, 10, 20, 50, ... of the unit
function roundedUp(value, unit) {
  const least = Math.max(value / unit, 1), power = 10 ** Math.floor(Math.log10(least));
  return unit * power * [1, 2, 5, 10].find((step) => step * power >= least);
}

function short(value) {
  for (const [limit, letter] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e4, "k"]]) {
    if (value >= limit) return `${+(value / (letter === "k" ? 1e3 : limit)).toPrecision(3)}${letter}`;
  }
  return grouped(value);
}

// Of many samples that share a pixel, the highest.
function thinned(samples, member, limit) {
  const step = Math.max(1, Math.ceil(samples.length / limit)), points = [];
  for (let start = 0; start < samples.length; start += step) {
    const known = samples.slice(start, start + step).filter((sample) => isKnown(sample[member]));
    const highest = known.reduce((best, sample) => (best && best[member] >= sample[member] ? best : sample), undefined);
    points.push(highest ? { time: highest.time, value: highest[member] } : null);
  }
  return points;
}

// lines: [{ member, name }]; text and axis write a value in full and in short; unit is the least that the axis shows.
function chart(title, samples, lines, { text, axis, unit }) {
  const { width, height, left, right, top, bottom } = chartSize;
  const start = samples[0]?.time ?? 0, end = Math.max(samples.at(-1)?.time ?? 1, start + 60000);
  const values = samples.flatMap((sample) => lines.map((line) => sample[line.member]).filter(isKnown));
  const highest = roundedUp(Math.max(0, ...values), unit);
  const x = (time) => left + ((time - start) / (end - start)) * (width - left - right);
  const y = (value) => height - bottom - (value / highest) * (height - top - bottom);
  const said = (sample) => lines.map((line) => (isKnown(sample?.[line.member]) ? text(sample[line.member]) : "unknown")).join(" / ");
  const now = said(samples.at(-1));
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title}${lines.map((line) => (line.name ? ` ${line.name}` : "")).join(" /")}: now ${now}` });
  for (const part of [0, 0.5, 1]) {
    svg.append(shape("line", { class: "grid", x1: left, x2: width - right, y1: y(highest * part), y2: y(highest * part) }));
    svg.append(shape("text", { x: left - 5, y: y(highest * part) + 3, "text-anchor": "end" }, axis(highest * part)));
  }
  svg.append(shape("text", { x: left, y: height - 4 }, clock(start)));
  svg.append(shape("text", { x: width - right, y: height - 4, "text-anchor": "end" }, clock(end)));
  lines.forEach((line, index) => drawLine(svg, thinned(samples, line.member, width - left - right), x, y, index ? " second" : ""));
  const cursor = shape("line", { class: "cursor", y1: top, y2: height - bottom, visibility: "hidden" }), output = element("output", {}, now);
  svg.append(cursor);
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect(), time = start + (((event.clientX - box.left) / box.width) * width - left) / (width - left - right) * (end - start);
    const nearest = samples.reduce((best, sample) => (!best || Math.abs(sample.time - time) < Math.abs(best.time - time) ? sample : best), undefined);
    if (!nearest) return;
    for (const side of ["x1", "x2"]) cursor.setAttribute(side, x(nearest.time));
    cursor.setAttribute("visibility", "visible");
    output.textContent = `${clock(nearest.time, true)}: ${said(nearest)}`;
  });
  svg.addEventListener("pointerleave", () => {
    cursor.setAttribute("visibility", "hidden");
    output.textContent = now;
  });
  const keys = lines.length < 2 ? [] : lines.map((line, index) => element("span", {}, element("span", { class: index ? "key second" : "key" }), line.name));
  return element("figure", {}, element("figcaption", {}, element("b", {}, title), ...keys, output), svg);
}

function drawLine(svg, points, x, y, style) {
  let path = "", isBroken = true;
  for (const point of points) {
    if (point) path += `${isBroken ? "M" : "L"}${x(point.time).toFixed(1)} ${y(point.value).toFixed(1)}`;
    isBroken = !point;
  }
  svg.append(shape("path", { class: `line${style}`, d: path }));
  const last = points.at(-1);
  if (last) svg.append(shape("circle", { class: `dot${style}`, cx: x(last.time), cy: y(last.value), r: 2.5 }));
}

function showCharts(samples) {
  const records = { text: grouped, axis: short, unit: 10 };
  byID("charts").replaceChildren(
    chart("Records not copied yet", samples, [{ member: "replicationLag" }], records),
    chart("Age of the oldest not copied", samples, [{ member: "oldestUnreplicated" }], { text: duration, axis: duration, unit: 10000 }),
    chart("Records re-read", samples, [{ member: "maxReplayIfLost", name: "if lost" }, { member: "maxReplay", name: "if moved" }], records),
  );
}
