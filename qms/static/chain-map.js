// Draws the map of the chain from its JSON, with the places that the server gave. The table below says the same.
import * as echarts from "./vendor/echarts/echarts.esm.min.js";

const COLUMN_PX = 68;
const MARGIN_PX = 12;
const WIDE_PX = 176;
const LABEL_GAP_PX = 10;
const shapes = {
  operation: { symbol: "circle", size: 22, color: "accent-fill" },
  post: { symbol: "triangle", size: 22, color: "accent-fill" },
  department: { symbol: "roundRect", size: 20, color: "muted" },
  process: { symbol: "diamond", size: 26, color: "muted" },
  customer: { symbol: "pin", size: 34, color: "accepted" },
  supplier: { symbol: "arrow", size: 22, color: "held" },
};
const strokes = {
  operation: { color: "accent", type: "solid", width: 2.5 },
  process: { color: "rework", type: "dashed", width: 1.5 },
  function: { color: "muted", type: "solid", width: 1.25 },
  rank_condition: { color: "concession", type: "dotted", width: 1.5 },
  rank_task: { color: "concession", type: "dashed", width: 1.5 },
};

// Coloured by a figure: the stroke tells the band as well, for who does not tell colours apart.
const tones = { accepted: "solid", held: [10, 4], rejected: [3, 3], void: [1, 5] };

// A token of qms.css as the colour it has now, light or dark.
function token(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

// Neighbours of a row are joined by a straight line; what skips some, goes back or crosses rows bends around them.
function bend(from, to) {
  if (Math.abs(from.y - to.y) > 1) return 0.12;
  const columns = to.x - from.x;
  return columns > 0 && columns < 1.6 ? 0 : Math.min(0.42, 0.22 + 0.02 * Math.abs(columns));
}

function node(unit, pitch, fonts) {
  const shape = shapes[unit.kind];
  return {
    id: String(unit.id), name: `${unit.code} ${unit.name}`, unit,
    x: unit.x * pitch, y: unit.y, symbol: shape.symbol, symbolSize: shape.size,
    itemStyle: { color: token(shape.color), borderColor: fonts.paper, borderWidth: 2 },
    label: {
      show: true, position: unit.above ? "top" : "bottom", distance: LABEL_GAP_PX - 4,
      formatter: `{code|${unit.code}}\n${unit.name}`, width: Math.min(WIDE_PX, unit.span * pitch - LABEL_GAP_PX),
      overflow: "break", lineHeight: 15, color: fonts.ink, fontSize: 12, fontFamily: fonts.family,
      textBorderColor: fonts.paper, textBorderWidth: 4,
      rich: {
        code: {
          fontWeight: 600, fontSize: 12, lineHeight: 15, color: fonts.ink,
          textBorderColor: fonts.paper, textBorderWidth: 4,
        },
      },
    },
  };
}

function edge(link, units, words) {
  const stroke = strokes[link.kind];
  const text = [link.output, link.words, link.score?.words ?? "", link.proposed ? words.proposed : "", link.standard ? "" : words.noStandard];
  return {
    source: String(link.supplier), target: String(link.customer), name: text.filter(Boolean).join("\n"),
    lineStyle: {
      color: token(link.score?.tone ?? stroke.color), width: link.score ? 2.5 : stroke.width, type: link.proposed ? [2, 6] : tones[link.score?.tone] ?? stroke.type, opacity: 0.85,
      curveness: bend(units.get(link.supplier), units.get(link.customer)),
    },
  };
}

function option(graph, width, words) {
  const pitch = width / graph.columns;
  const fonts = {
    ink: token("ink"), paper: token("paper"), family: getComputedStyle(document.body).fontFamily,
  };
  const units = new Map(graph.units.map((unit) => [unit.id, unit]));
  return {
    animation: false,
    textStyle: { fontFamily: fonts.family },
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: fonts.paper, borderColor: token("edge"), borderWidth: 1,
      textStyle: { color: fonts.ink, fontSize: 13 },
      formatter: ({ dataType, data }) => (dataType === "edge" ? data.name : `${data.name}\n${data.unit.words}`),
    },
    series: [{
      type: "graph", layout: "none", roam: "move", zoom: 1, scaleLimit: { min: 0.5, max: 4 }, nodeScaleRatio: 0,
      left: MARGIN_PX, right: MARGIN_PX, top: MARGIN_PX, bottom: MARGIN_PX,
      edgeSymbol: ["none", "arrow"], edgeSymbolSize: 9,
      emphasis: { focus: "adjacency", lineStyle: { width: 3.5, opacity: 1 } },
      blur: { itemStyle: { opacity: 0.25 }, lineStyle: { opacity: 0.08 }, label: { opacity: 0.25 } },
      data: [
        ...graph.units.map((unit) => node(unit, pitch, fonts)),
        // Two corners without a mark, so that the drawing is not stretched to whatever it holds.
        ...[[0, 0], [width, graph.height]].map(([x, y], n) => ({
          id: `corner${n}`, x, y, symbolSize: 0, silent: true, label: { show: false }, tooltip: { show: false },
        })),
      ],
      links: graph.links.map((link) => edge(link, units, words)),
    }],
  };
}

class ChainMap {
  constructor(element) {
    this.element = element;
    this.place = element.querySelector("[data-chart]");
    this.about = element.querySelector("[data-about]");
    this.words = { proposed: element.dataset.proposed, noStandard: element.dataset.noStandard };
    this.zoom = 1;
  }

  async open() {
    const answer = await fetch(this.element.dataset.url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    this.graph = await answer.json();
    this.place.style.height = `${this.graph.height + 2 * MARGIN_PX}px`;
    this.chart = echarts.init(this.place, null, { renderer: "canvas" });
    this.draw();
    this.chart.on("click", ({ dataType, data }) => dataType === "node" && data.unit && this.show(data.unit));
    this.chart.on("graphroam", () => this.chart.dispatchAction({ type: "hideTip" }));
    addEventListener("resize", () => this.draw());
    document.addEventListener("themechange", () => this.draw());
    for (const button of this.element.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => this.scale(Number(button.dataset.zoom)));
    }
    this.element.querySelector("[data-close]").addEventListener("click", () => this.close());
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    const asked = this.graph.units.find((unit) => String(unit.id) === this.element.dataset.unit);
    if (asked) this.show(asked);
  }

  draw() {
    const room = this.place.parentElement.clientWidth;
    const width = Math.max(room, this.graph.columns * COLUMN_PX) - 2 * MARGIN_PX;
    this.place.style.width = `${width + 2 * MARGIN_PX}px`;
    this.chart.resize();
    this.chart.setOption(option(this.graph, width, this.words), true);
  }

  scale(factor) {
    if (!factor) {
      this.zoom = 1;
      this.draw();
      return;
    }
    this.zoom = Math.min(4, Math.max(0.5, this.zoom * factor));
    this.chart.setOption({ series: [{ zoom: this.zoom }] });
  }

  async show(unit) {
    const answer = await fetch(unit.about);
    if (!answer.ok) return;
    this.about.querySelector("[data-told]").innerHTML = await answer.text();
    this.about.hidden = false;
    this.about.classList.toggle("chain-about-left", unit.x > this.graph.columns / 2);
    this.chart.dispatchAction({ type: "downplay", seriesIndex: 0 });
    this.chart.dispatchAction({ type: "highlight", seriesIndex: 0, dataIndex: this.graph.units.indexOf(unit) });
    this.about.querySelector("h2").focus({ preventScroll: true });
    this.selected = unit;
  }

  close() {
    this.about.hidden = true;
    this.chart.dispatchAction({ type: "downplay", seriesIndex: 0 });
  }

  find(text) {
    const sought = text.trim().toLowerCase();
    const named = (unit) => `${unit.code} ${unit.name}`.toLowerCase();
    const unit = sought && (this.graph.units.find((each) => named(each) === sought)
      ?? this.graph.units.find((each) => named(each).includes(sought)));
    if (unit) this.show(unit);
  }
}

const element = document.querySelector("[data-chain-map]");
if (element) {
  const map = new ChainMap(element);
  const find = document.querySelector("[data-find]");
  map.open().then(() => {
    find.addEventListener("change", () => map.find(find.value));
    find.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        map.find(find.value);
      }
    });
  }).catch(() => {
    map.place.textContent = element.dataset.failed;
    map.place.classList.add("chain-failed");
  });
}
