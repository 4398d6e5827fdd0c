/** The dark cells of a QR code, read from the picture that the server draws: `M4,4H5V5H4z` is one cell. */

export type Run = { readonly x: number; readonly y: number; readonly width: number };
export type Code = { readonly size: number; readonly runs: readonly Run[] };

/** Cells that lie side by side become one run. Null where the picture is drawn in another way. */
export function readCode(svg: string): Code | null {
  const size = Number(/viewBox="0 0 (\d+) \d+"/.exec(svg)?.[1] ?? 0);
  const cells = [...svg.matchAll(/M(\d+),(\d+)H(\d+)/g)].map((match) => ({
    x: Number(match[1]),
    y: Number(match[2]),
    width: Number(match[3]) - Number(match[1]),
  }));
  if (size === 0 || cells.length === 0) return null;
  cells.sort((a, b) => a.y - b.y || a.x - b.x);
  const runs: Run[] = [];
  for (const cell of cells) {
    const last = runs[runs.length - 1];
    if (last && last.y === cell.y && last.x + last.width === cell.x) runs[runs.length - 1] = { ...last, width: last.width + cell.width };
    else runs.push(cell);
  }
  return { size, runs };
}
