/**
 * A chart as a PDF of one page, which every LaTeX includes: what charts draw with, and no more.
 *
 * @module
 */
import { deflateSync } from "node:zlib";
import { helveticaWidth, winAnsi } from "./pdf_text.ts";
import { pdfNumber, pdfPath } from "./svg_path.ts";

type Attributes = Readonly<Record<string, string>>;

/** What an element has from those around it. */
const inherited = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "font-size",
  "font-weight",
  "text-anchor",
];

/**
 * The bytes of a PDF that shows an SVG.
 *
 * @param svg of `drawChart`: groups, paths, lines and texts
 * @param colours of names such as `--c1`, and of `currentColor`, as #rrggbb
 * @throws {Error} for an element or colour that charts do not have
 */
export function svgPdf(svg: string, colours: Readonly<Record<string, string>>): Uint8Array {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.map(Number);
  const drawing = new Drawing(colours);
  drawing.operators.push(`1 0 0 -1 0 ${pdfNumber(height)} cm`);
  drawing.draw(svg);
  const states = [...drawing.opacities].map(([key, name]) => {
    const [fill, stroke] = key.split(" ");
    return `/${name} << /ca ${fill} /CA ${stroke} >>`;
  });
  const content = deflateSync(new TextEncoder().encode(drawing.operators.join("\n")));
  return pdfOf([
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${pdfNumber(width)} ${pdfNumber(height)}] ` +
    `/Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> ` +
    `/ExtGState << ${states.join(" ")} >> >> >>`,
    content,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
  ]);
}

/** What becomes of an SVG, as it is read. */
class Drawing {
  readonly operators: string[] = [];
  /** Opacity of fills and strokes → the name of its state. */
  readonly opacities = new Map<string, string>();
  readonly #stack: Attributes[] = [{}];

  constructor(readonly colours: Readonly<Record<string, string>>) {}

  draw(svg: string): void {
    let text: { attributes: Attributes; content: string } | undefined;
    for (const [, closing, name, rest, content] of svg.matchAll(/<(\/?)(\w+)([^>]*)>|([^<]+)/g)) {
      if (content !== undefined) {
        if (text) text.content += content;
        continue;
      }
      if (closing) {
        if (name === "g") {
          this.operators.push("Q");
          this.#stack.pop();
        } else if (name === "text" && text) {
          this.#shape(text.attributes, () => this.#text(text!.attributes, text!.content));
          text = undefined;
        }
        continue;
      }
      const attributes = this.#attributesOf(rest);
      const isEmpty = rest.endsWith("/");
      if (name === "g") {
        if (isEmpty) continue;
        this.#stack.push(attributes);
        this.operators.push("q", ...this.#placing(attributes));
      } else if (name === "text") text = { attributes, content: "" };
      else if (name === "path") {
        if (attributes.d) {
          this.#shape(attributes, () => this.#painted(attributes, pdfPath(attributes.d)));
        }
      } else if (name === "line") {
        const { x1 = "0", y1 = "0", x2 = "0", y2 = "0" } = attributes;
        this.#shape(
          attributes,
          () => this.#painted({ ...attributes, fill: "none" }, `${x1} ${y1} m\n${x2} ${y2} l`),
        );
      } else if (name !== "svg" && name !== "title") {
        throw new Error(`Cannot draw <${name}> in a PDF`);
      }
    }
  }

  #attributesOf(text: string): Attributes {
    const own = Object.fromEntries(
      [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    const above = this.#stack.at(-1)!;
    const kept = Object.fromEntries(
      inherited.filter((name) => above[name] !== undefined).map((name) => [name, above[name]]),
    );
    const all = Number(above.all ?? 1) * Number(own.opacity ?? 1);
    return { ...kept, ...own, all: String(all) };
  }

  #placing({ transform = "" }: Attributes): string[] {
    return [...transform.matchAll(/(\w+)\(([^)]*)\)/g)].map(([, kind, list]) => {
      const [a, b = 0] = list.split(/[ ,]+/).map(Number);
      if (kind === "translate") return `1 0 0 1 ${pdfNumber(a)} ${pdfNumber(b)} cm`;
      if (kind === "scale") return `${pdfNumber(a)} 0 0 ${pdfNumber(b || a)} 0 0 cm`;
      if (kind !== "rotate") throw new Error(`Cannot place "${kind}" in a PDF`);
      const [cos, sin] = [Math.cos(a * Math.PI / 180), Math.sin(a * Math.PI / 180)];
      return `${[cos, sin, -sin, cos].map((each) => each.toFixed(5)).join(" ")} 0 0 cm`;
    });
  }

  #shape(attributes: Attributes, draw: () => string[]): void {
    const fill = Number(attributes.all) * Number(attributes["fill-opacity"] ?? 1);
    const stroke = Number(attributes.all) * Number(attributes["stroke-opacity"] ?? 1);
    const key = `${pdfNumber(fill)} ${pdfNumber(stroke)}`;
    const state = this.opacities.get(key) ?? `G${this.opacities.size}`;
    this.opacities.set(key, state);
    this.operators.push("q", `/${state} gs`, ...this.#placing(attributes), ...draw(), "Q");
  }

  #painted(attributes: Attributes, path: string): string[] {
    const fill = this.#colour(attributes.fill ?? "none");
    const stroke = this.#colour(attributes.stroke ?? "none");
    const dashes = attributes["stroke-dasharray"]?.replaceAll(",", " ");
    return [
      ...fill ? [`${fill} rg`] : [],
      ...stroke ? [`${stroke} RG`, `${attributes["stroke-width"] ?? 1} w`] : [],
      ...dashes ? [`[${dashes}] 0 d`] : [],
      path,
      fill ? (stroke ? "B" : "f") : stroke ? "S" : "n",
    ];
  }

  #text(attributes: Attributes, content: string): string[] {
    const plain = content.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name]);
    const bytes = winAnsi(plain);
    const size = parseFloat(attributes["font-size"] ?? "12");
    const width = helveticaWidth(bytes) * size;
    const anchor = { middle: width / 2, end: width }[attributes["text-anchor"]] ?? 0;
    const fill = this.#colour(attributes.fill ?? "#000000");
    const font = /bold|[6-9]00/.test(attributes["font-weight"] ?? "") ? "F2" : "F1";
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return fill === undefined ? [] : [
      `BT ${fill} rg /${font} ${pdfNumber(size)} Tf`,
      `1 0 0 -1 ${pdfNumber(Number(attributes.x ?? 0) - anchor)} ${
        pdfNumber(Number(attributes.y ?? 0))
      } Tm <${hex}> Tj ET`,
    ];
  }

  /** Red, green and blue from 0 to 1; undefined where nothing is painted. */
  #colour(text: string): string | undefined {
    if (text === "none" || text === "transparent") return undefined;
    const rgb = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(text);
    if (rgb) return rgb.slice(1).map((each) => pdfNumber(Number(each) / 255)).join(" ");
    const name = /^var\((--[\w-]+)\)$/.exec(text)?.[1] ?? text;
    const hex = /^#([0-9a-f]{6})$/i.exec(this.colours[name] ?? named[name] ?? name)?.[1];
    if (hex === undefined) throw new Error(`Cannot paint "${text}" in a PDF`);
    return [0, 2, 4].map((at) => pdfNumber(parseInt(hex.slice(at, at + 2), 16) / 255)).join(" ");
  }
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
};
const named: Readonly<Record<string, string>> = { black: "#000000", white: "#ffffff" };

/** A PDF of numbered objects; bytes are a compressed stream. */
function pdfOf(objects: readonly (string | Uint8Array)[]): Uint8Array {
  const parts: Uint8Array[] = [], places: number[] = [];
  let length = 0;
  const add = (part: string | Uint8Array): void => {
    const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
    parts.push(bytes);
    length += bytes.length;
  };
  add("%PDF-1.5\n");
  for (const [i, object] of objects.entries()) {
    places.push(length);
    add(`${i + 1} 0 obj\n`);
    if (typeof object === "string") add(object);
    else {
      add(`<< /Filter /FlateDecode /Length ${object.length} >>\nstream\n`);
      add(object);
      add("\nendstream");
    }
    add("\nendobj\n");
  }
  const start = length;
  const rows = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  add(
    `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}` +
      `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`,
  );
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
