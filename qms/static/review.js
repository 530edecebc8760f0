// A management review input by input: draws its charts, and walks with the arrow keys. Its tables say the same as the charts.
import { drawAll, frame, language, limit, percent, shareAxis } from "./charts.js";

const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
const written = (kind, value) => (value === null ? "–" : (kind === "percent" ? percent : numbers).format(value));

// One axis to the left, and a second one to the right where a series is of another kind.
function axes(series, colors) {
  const kinds = [...new Set(series.map(({ kind }) => kind))].slice(0, 2);
  return kinds.map((kind, n) => shareAxis(colors, {
    ...(kind === "percent" ? {} : { min: undefined }),
    ...(kind === "count" ? { minInterval: 1 } : {}),
    axisLabel: { color: colors.muted, formatter: (value) => written(kind, value) },
    ...(n ? { splitLine: { show: false } } : {}),
  }));
}

const axisOf = (series, one) => Math.min(1, Math.max(0, [...new Set(series.map(({ kind }) => kind))].indexOf(one.kind)));

function say({ labels, series }) {
  return ([first]) => [
    labels[first.dataIndex],
    ...series.map(({ name, kind, values }) => `${name}: ${written(kind, values[first.dataIndex])}`),
  ].join("\n");
}

function begun(chart, colors) {
  const options = frame(colors, chart.labels);
  options.tooltip.formatter = say(chart);
  options.legend.type = "scroll";
  options.yAxis = axes(chart.series, colors);
  return options;
}

// Series differ by mark and stroke, not by colour alone.
const symbols = ["circle", "triangle", "rect", "diamond"];
const strokes = ["solid", "dashed", "dotted", [12, 4, 2, 4]];
const decals = ["none", "line", "rect", "triangle", "circle"];
const fills = (colors) => [colors.accent, colors.held, colors.edge, colors.rejected, colors.ink];

function line(chart, colors) {
  const options = begun(chart, colors);
  options.series = chart.series.map((one, n) => ({
    name: one.name, type: "line", data: one.values, yAxisIndex: axisOf(chart.series, one), connectNulls: false,
    symbol: symbols[n % symbols.length], symbolSize: 8, color: fills(colors)[n % 5],
    lineStyle: { width: 2, type: strokes[n % strokes.length] },
  }));
  return options;
}

function bar(chart, colors, stack) {
  const options = begun(chart, colors);
  options.xAxis.axisLabel = { color: colors.ink, hideOverlap: true, width: 96, overflow: "break" };
  options.series = chart.series.map((one, n) => ({
    name: one.name, type: "bar", data: one.values, stack, barMaxWidth: 48, color: fills(colors)[n % 5],
    yAxisIndex: axisOf(chart.series, one),
    itemStyle: { decal: { symbol: decals[n % decals.length], color: colors.paper, symbolSize: 0.4 } },
  }));
  return options;
}

const stacked = (chart, colors) => bar(chart, colors, "all");

function pareto(chart, colors) {
  const [weight, cumulated] = chart.series;
  const options = bar({ ...chart, series: [weight] }, colors);
  options.tooltip.formatter = say(chart);
  options.yAxis.push(shareAxis(colors, { max: 1, splitLine: { show: false } }));
  options.series.push({
    name: cumulated.name, type: "line", yAxisIndex: 1, data: cumulated.values, color: colors.ink, symbol: "circle",
    symbolSize: 6, lineStyle: { color: colors.ink, width: 1.5 },
  });
  return options;
}

// Value, centre, lower and upper limit. A point outside is a larger triangle, not only another colour.
function limits(chart, colors) {
  const [value, centre, lower, upper] = chart.series;
  const options = begun(chart, colors);
  const isOut = (at) => value.values[at] !== null
    && ((upper.values[at] !== null && value.values[at] > upper.values[at])
      || (lower.values[at] !== null && value.values[at] < lower.values[at]));
  options.grid.right = 104;
  options.legend.data = [value.name];
  options.series = [
    {
      name: value.name, type: "line", color: colors.accent, lineStyle: { width: 2 }, z: 3, connectNulls: false,
      data: value.values.map((point, at) => ({
        value: point, symbol: isOut(at) ? "triangle" : "circle", symbolSize: isOut(at) ? 14 : 7,
        itemStyle: { color: isOut(at) ? colors.rejected : colors.accent },
      })),
    },
    limit(centre.name, centre.values, colors.muted, "solid"),
    limit(upper.name, upper.values, colors.ink, "dashed"),
    limit(lower.name, lower.values, colors.ink, "dotted"),
  ];
  return options;
}

// From where to where and how much. The same name may stand on both sides, so each side has names of its own.
function flow({ labels, series }, colors) {
  const options = frame(colors, []);
  const [to, amount] = series;
  const links = labels.map((from, at) => ({ source: `0${from}`, target: `1${to.values[at]}`, value: amount.values[at] }))
    .filter(({ value }) => value);
  const names = [...new Set(links.flatMap(({ source, target }) => [source, target]))];
  return {
    animation: false, textStyle: options.textStyle,
    tooltip: {
      ...options.tooltip, trigger: "item",
      formatter: ({ data, value }) => (data.source
        ? `${data.source.slice(1)} → ${data.target.slice(1)}: ${written(amount.kind, data.value)}`
        : `${data.name.slice(1)}: ${written(amount.kind, value)}`),
    },
    series: [{
      type: "sankey", left: 8, right: 168, top: 8, bottom: 8, nodeGap: 12, draggable: false, links,
      data: names.map((name) => ({ name, itemStyle: { color: name[0] === "0" ? colors.accent : colors.held } })),
      label: { color: colors.ink, fontSize: 13, formatter: ({ name }) => name.slice(1) },
      lineStyle: { color: colors.edge, opacity: 0.35, curveness: 0.5 },
    }],
  };
}

drawAll({ line, bar, stacked, pareto, limits, flow });

// The meeting goes on with the arrow keys; never while typing, never inside a table that scrolls with them.
document.addEventListener("keydown", (event) => {
  const way = { ArrowRight: "next", ArrowLeft: "prev" }[event.key];
  if (!way || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], [role=region], dialog")) return;
  document.querySelector(`a[rel=${way}]`)?.click();
});
const contents = document.querySelector(".meeting-contents");
const here = contents?.querySelector("[aria-current]");
if (here) contents.scrollTop = here.offsetTop - contents.clientHeight / 2;
