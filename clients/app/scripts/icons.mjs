/** Draws the icons: `node scripts/icons.mjs`. The drawing is the app's mark: a day's share of a round whole. */
import { deflateSync } from "node:zlib";
import { writeFileSync } from "node:fs";

const PINE = [31, 95, 74];
const PAPER = [245, 243, 236];
const AMBER = [226, 177, 94];

/** The colour at a point of the unit square, or null where it is transparent. */
function draw(x, y, { rounded, scale }) {
  const corner = 0.22;
  if (rounded) {
    const dx = Math.max(corner - x, x - (1 - corner), 0);
    const dy = Math.max(corner - y, y - (1 - corner), 0);
    if (Math.hypot(dx, dy) > corner) return null;
  }
  const [u, v] = [(x - 0.5) / scale, (y - 0.5) / scale];
  const radius = Math.hypot(u, v);
  if (radius < 0.2 || radius > 0.32) return PINE;
  // A ring of nine days; the first of them is today.
  const turn = ((Math.atan2(u, -v) / (2 * Math.PI) + 1) % 1) * 9;
  const within = turn - Math.floor(turn);
  if (within < 0.1 || within > 0.9) return PINE;
  return Math.floor(turn) === 0 ? AMBER : PAPER;
}

function crc(bytes) {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}

function png(size, options) {
  const samples = 4;
  const raw = Buffer.alloc((size * 4 + 1) * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const sum = [0, 0, 0, 0];
      for (let i = 0; i < samples; i++) {
        for (let j = 0; j < samples; j++) {
          const colour = draw((column + (i + 0.5) / samples) / size, (row + (j + 0.5) / samples) / size, options);
          if (!colour) continue;
          for (const k of [0, 1, 2]) sum[k] += colour[k];
          sum[3] += 1;
        }
      }
      const at = row * (size * 4 + 1) + 1 + column * 4;
      for (let k = 0; k < 3; k++) raw[at + k] = sum[3] ? Math.round(sum[k] / sum[3]) : 0;
      raw[at + 3] = Math.round((sum[3] / samples ** 2) * 255);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(raw, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function svg() {
  const point = (turn, radius) => {
    const angle = turn * 2 * Math.PI;
    return `${(50 + 100 * radius * Math.sin(angle)).toFixed(2)} ${(50 - 100 * radius * Math.cos(angle)).toFixed(2)}`;
  };
  const parts = Array.from({ length: 9 }, (_, day) => {
    const [from, to] = [(day + 0.1) / 9, (day + 0.9) / 9];
    const fill = day === 0 ? "#e2b15e" : "#f5f3ec";
    return `<path fill="${fill}" d="M${point(from, 0.32)}A32 32 0 0 1 ${point(to, 0.32)}L${point(to, 0.2)}A20 20 0 0 0 ${point(from, 0.2)}Z"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" rx="22" fill="#1f5f4a"/>${parts.join("")}</svg>\n`;
}

const here = new URL("..", import.meta.url);
writeFileSync(new URL("public/icons/icon.svg", here), svg());
for (const size of [180, 192, 512]) {
  writeFileSync(new URL(`public/icons/icon-${size}.png`, here), png(size, { rounded: size !== 180, scale: 1 }));
}
writeFileSync(new URL("public/icons/icon-maskable-512.png", here), png(512, { rounded: false, scale: 0.85 }));
writeFileSync(new URL("assets/icon.png", here), png(1024, { rounded: false, scale: 1 }));
writeFileSync(new URL("assets/icon-foreground.png", here), png(1024, { rounded: false, scale: 0.65 }));
