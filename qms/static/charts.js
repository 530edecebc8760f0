// Knows the look of every chart and how charts are fetched, drawn, and drawn anew; must not know what they show.
import * as echarts from "./vendor/echarts/echarts.esm.min.js";

export const language = document.documentElement.lang;
export const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
export const whole = new Intl.NumberFormat(language);
const drawn = new Map();
let kinds = {};

// A token of qms.css as the colour it has now, light or dark.
function token(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function look() {
  const names = ["ink", "muted", "line", "paper", "accent", "rejected", "held", "edge"];
  return {
    ...Object.fromEntries(names.map((name) => [name, token(name)])),
    font: getComputedStyle(document.body).fontFamily,
  };
}

export function frame(colors, labels) {
  const axis = { axisLine: { lineStyle: { color: colors.edge } }, axisTick: { show: false } };
  return {
    animation: false,
    textStyle: { fontFamily: colors.font, fontSize: 13, color: colors.ink },
    grid: { left: 8, right: 16, top: 48, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: colors.ink, fontSize: 13 }, itemWidth: 24, itemHeight: 10 },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true,
      backgroundColor: colors.paper, borderColor: colors.edge, borderWidth: 1,
      textStyle: { color: colors.ink, fontSize: 13 },
    },
    xAxis: { ...axis, type: "category", data: labels, axisLabel: { color: colors.muted, hideOverlap: true } },
  };
}

export function shareAxis(colors, more = {}) {
  return {
    type: "value", min: 0, splitLine: { lineStyle: { color: colors.line } },
    axisLabel: { color: colors.muted, formatter: (value) => percent.format(value) }, ...more,
  };
}

export function limit(name, values, color, type) {
  return {
    name, type: "line", step: "middle", data: values, symbol: "none", connectNulls: false,
    color, lineStyle: { color, type, width: type === "solid" ? 1 : 1.5 }, z: 1,
    endLabel: { show: true, formatter: name, color, fontSize: 13 }, labelLayout: { moveOverlap: "shiftY" },
  };
}

function draw(place, charts) {
  const chart = drawn.get(place)?.chart ?? echarts.init(place, null, { renderer: "canvas" });
  const told = charts[place.dataset.chart];
  chart.setOption(kinds[told.drawn_as ?? place.dataset.chart](told, look()), true);
  drawn.set(place, { chart, charts });
}

const redraw = () => drawn.forEach(({ charts }, place) => draw(place, charts));
document.addEventListener("themechange", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
addEventListener("resize", () => drawn.forEach(({ chart }) => chart.resize()));

// Draws every place of a page by one of the given kinds. Charts of one address are fetched once.
export function drawAll(given) {
  kinds = given;
  const fetched = new Map();
  for (const place of document.querySelectorAll("[data-chart]")) {
    const { url } = place.dataset;
    if (!fetched.has(url)) {
      fetched.set(url, fetch(url, { headers: { Accept: "application/json" } }).then((answer) => {
        if (!answer.ok) throw new Error(`${answer.status} ${url}`);
        return answer.json();
      }));
    }
    fetched.get(url).then((charts) => draw(place, charts), () => place.remove());
  }
}
