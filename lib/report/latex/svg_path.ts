/**
 * Paths of SVG as operators of PDF.
 *
 * @module
 */

/** A number as PDF has it: no exponent, no more digits than are seen. */
export function pdfNumber(value: number): string {
  return String(Number(value.toFixed(3)));
}

const lengths: Readonly<Record<string, number>> = {
  M: 2,
  L: 2,
  H: 1,
  V: 1,
  C: 6,
  Q: 4,
  A: 7,
  Z: 0,
};

/**
 * The operators that make a path: m, l, c and h.
 *
 * @param d moves, lines, curves, and arcs of circles, absolute or relative
 * @throws {Error} for a command that charts do not draw with
 */
export function pdfPath(d: string): string {
  const operators: string[] = [];
  let x = 0, y = 0, startX = 0, startY = 0;
  const emit = (operator: string, ...numbers: readonly number[]) =>
    operators.push([...numbers.map(pdfNumber), operator].join(" "));
  const curve = (a: number, b: number, c: number, e: number, toX: number, toY: number) => {
    emit("c", a, b, c, e, toX, toY);
    [x, y] = [toX, toY];
  };
  for (const [, letter, rest] of d.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const command = letter.toUpperCase(), isRelative = letter !== command;
    const numbers = (rest.match(/-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?/g) ?? []).map(Number);
    const length = lengths[command];
    if (length === undefined) throw new Error(`Cannot draw the path command "${letter}"`);
    if (command === "Z") {
      emit("h");
      [x, y] = [startX, startY];
      continue;
    }
    for (let at = 0; at + length <= numbers.length; at += length) {
      const each = numbers.slice(at, at + length);
      const [offX, offY] = isRelative ? [x, y] : [0, 0];
      if (command === "M" || command === "L" || command === "H" || command === "V") {
        if (command !== "V") x = offX + each[0];
        if (command !== "H") y = offY + each[command === "V" ? 0 : 1];
        const isMove = command === "M" && at === 0;
        if (isMove) [startX, startY] = [x, y];
        emit(isMove ? "m" : "l", x, y);
      } else if (command === "A") {
        const [radius, , , isLarge, isClockwise] = each;
        const to = [offX + each[5], offY + each[6]] as const;
        for (const part of arcCurves([x, y], to, radius, isLarge === 1, isClockwise === 1)) {
          curve(...part);
        }
      } else {
        const places = each.map((value, i) => value + (i % 2 === 0 ? offX : offY));
        if (command === "C") curve(...places as Curve);
        else {
          const [qx, qy, toX, toY] = places;
          curve(
            x + 2 / 3 * (qx - x),
            y + 2 / 3 * (qy - y),
            toX + 2 / 3 * (qx - toX),
            toY + 2 / 3 * (qy - toY),
            toX,
            toY,
          );
        }
      }
    }
  }
  return operators.join("\n");
}

type Curve = [number, number, number, number, number, number];

/** An arc of a circle as curves, each of at most a quarter (SVG 1.1, F.6.5). */
function arcCurves(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  given: number,
  isLarge: boolean,
  isClockwise: boolean,
): Curve[] {
  const distance = Math.hypot(x2 - x1, y2 - y1);
  if (distance === 0) return [];
  const radius = Math.max(given, distance / 2);
  const height = Math.sqrt(Math.max(0, radius ** 2 - distance ** 2 / 4));
  const side = isLarge === isClockwise ? -1 : 1;
  const centreX = (x1 + x2) / 2 - side * height * (y2 - y1) / distance;
  const centreY = (y1 + y2) / 2 + side * height * (x2 - x1) / distance;
  const from = Math.atan2(y1 - centreY, x1 - centreX);
  let sweep = Math.atan2(y2 - centreY, x2 - centreX) - from;
  if (isClockwise && sweep < 0) sweep += 2 * Math.PI;
  if (!isClockwise && sweep > 0) sweep -= 2 * Math.PI;
  const count = Math.max(1, Math.ceil(Math.abs(sweep) / (Math.PI / 2) - 1e-9));
  const step = sweep / count, handle = 4 / 3 * Math.tan(step / 4) * radius;
  return Array.from({ length: count }, (_, i): Curve => {
    const a = from + i * step, b = a + step;
    const [ax, ay] = [centreX + radius * Math.cos(a), centreY + radius * Math.sin(a)];
    const [bx, by] = [centreX + radius * Math.cos(b), centreY + radius * Math.sin(b)];
    return [
      ax - handle * Math.sin(a),
      ay + handle * Math.cos(a),
      bx + handle * Math.sin(b),
      by - handle * Math.cos(b),
      bx,
      by,
    ];
  });
}
